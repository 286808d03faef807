import { describe, expect, it } from '@jest/globals';
import { downloadAddress } from './download-address.js';

const id = '1AbCdEfGhIjKlMnOpQrStUvWxYz012345';
const download = `https://drive.usercontent.google.com/download?id=${id}&export=download&confirm=t`;
const sheet = `https://docs.google.com/spreadsheets/d/${id}`;
const gist = 'https://gist.github.com/ann/0123456789abcdef0123456789abcdef';
const rawGist = 'https://gist.githubusercontent.com/ann/0123456789abcdef0123456789abcdef/raw';

const links: [string, string][] = [
  // Google Drive
  [`https://drive.google.com/file/d/${id}/view?usp=sharing`, download],
  [`https://drive.google.com/file/d/${id}`, download],
  [`https://drive.google.com/file/u/1/d/${id}/edit`, download],
  [`https://drive.google.com/a/example.org/file/d/${id}/view`, download],
  [`https://drive.google.com/open?id=${id}`, download],
  [`https://drive.google.com/uc?id=${id}&export=download`, download],
  [`https://drive.google.com/u/0/uc?export=download&id=${id}`, download],
  [`https://docs.google.com/uc?id=${id}`, download],
  [
    `https://drive.google.com/file/d/${id}/view?resourcekey=0-AbC&usp=sharing`,
    `${download}&resourcekey=0-AbC`,
  ],
  // Google Sheets
  [`${sheet}/edit#gid=42`, `${sheet}/export?format=csv&gid=42`],
  [`${sheet}/edit?gid=42#gid=42`, `${sheet}/export?format=csv&gid=42`],
  [`${sheet}/edit?gid=7`, `${sheet}/export?format=csv&gid=7`],
  [`${sheet}/edit?gid=7#gid=8`, `${sheet}/export?format=csv&gid=8`],
  [`${sheet}/edit?usp=sharing#gid=0&range=A1:B2`, `${sheet}/export?format=csv&gid=0`],
  [`${sheet}/edit?usp=sharing`, `${sheet}/export?format=csv`],
  [`${sheet}/`, `${sheet}/export?format=csv`],
  [sheet, `${sheet}/export?format=csv`],
  [`${sheet}/view`, `${sheet}/export?format=csv`],
  [`${sheet}/htmlview?resourcekey=0-X`, `${sheet}/export?format=csv&resourcekey=0-X`],
  [`https://docs.google.com/spreadsheets/u/1/d/${id}/edit#gid=3`, `${sheet}/export?format=csv&gid=3`],
  [
    'https://docs.google.com/spreadsheets/d/e/2PACX-1vAbC/pubhtml?gid=5&single=true',
    'https://docs.google.com/spreadsheets/d/e/2PACX-1vAbC/pub?output=csv&gid=5&single=true',
  ],
  [
    'https://docs.google.com/spreadsheets/d/e/2PACX-1vAbC/pubhtml',
    'https://docs.google.com/spreadsheets/d/e/2PACX-1vAbC/pub?output=csv',
  ],
  // Dropbox
  ['https://www.dropbox.com/s/abc123/ports.csv?dl=0', 'https://www.dropbox.com/s/abc123/ports.csv?dl=1'],
  ['https://www.dropbox.com/s/abc123/ports.csv', 'https://www.dropbox.com/s/abc123/ports.csv?dl=1'],
  [
    'https://www.dropbox.com/scl/fi/k7/ports.csv?rlkey=r5&st=x9&dl=0',
    'https://www.dropbox.com/scl/fi/k7/ports.csv?rlkey=r5&st=x9&dl=1',
  ],
  ['https://dropbox.com/sh/abc/AAB?raw=0', 'https://www.dropbox.com/sh/abc/AAB?dl=1'],
  ['https://www.dropbox.com/scl/fo/k7/h?rlkey=r5&dl=0', 'https://www.dropbox.com/scl/fo/k7/h?rlkey=r5&dl=1'],
  // Box
  ['https://app.box.com/s/0a1b2c3d', 'https://app.box.com/shared/static/0a1b2c3d'],
  ['https://acme.box.com/s/0a1b2c3d/', 'https://acme.box.com/shared/static/0a1b2c3d'],
  [
    'https://acme.app.box.com/s/0a1b/file/123?sb=/details',
    'https://acme.app.box.com/index.php?rm=box_download_shared_file&shared_name=0a1b&file_id=f_123',
  ],
  [
    'https://acme.box.com/v/ports/file/123',
    'https://acme.box.com/index.php?rm=box_download_shared_file&vanity_name=ports&file_id=f_123',
  ],
  // GitHub, GitLab, Hugging Face
  [
    'https://github.com/o/r/blob/main/data/ports%20north.csv#L3',
    'https://raw.githubusercontent.com/o/r/main/data/ports%20north.csv',
  ],
  ['https://github.com/o/r/raw/v1.0/p.csv', 'https://raw.githubusercontent.com/o/r/v1.0/p.csv'],
  ['https://github.com/o/r/blob/main/p.csv?raw=true', 'https://raw.githubusercontent.com/o/r/main/p.csv'],
  [
    'https://github.com/o/r/raw/refs/heads/main/p.csv',
    'https://raw.githubusercontent.com/o/r/refs/heads/main/p.csv',
  ],
  [gist, rawGist],
  [`${gist}#file-ports-csv`, `${rawGist}/ports.csv`],
  [`${gist}#file-ports-north-geojson`, `${rawGist}/ports-north.geojson`],
  [`${gist}/${'a'.repeat(40)}`, `${rawGist}/${'a'.repeat(40)}`],
  ['https://gitlab.com/g/s/p/-/blob/main/p.csv', 'https://gitlab.com/g/s/p/-/raw/main/p.csv'],
  [
    'https://git.example.org/g/p/-/blob/main/p.csv?ref=x',
    'https://git.example.org/g/p/-/raw/main/p.csv?ref=x',
  ],
  [
    'https://huggingface.co/datasets/o/n/blob/main/p.csv',
    'https://huggingface.co/datasets/o/n/resolve/main/p.csv',
  ],
  // OneDrive, SharePoint
  [
    'https://onedrive.live.com/redir?resid=1231244193912!12&authKey=1201919!12921!1',
    'https://graph.microsoft.com/v1.0/shares/u!aHR0cHM6Ly9vbmVkcml2ZS5saXZlLmNvbS9yZWRpcj9yZXNpZD0xMjMxMjQ0MTkzOTEyITEyJmF1dGhLZXk9MTIwMTkxOSExMjkyMSEx/driveItem/content',
  ],
  [
    'https://1drv.ms/x/s!AbC',
    'https://graph.microsoft.com/v1.0/shares/u!aHR0cHM6Ly8xZHJ2Lm1zL3gvcyFBYkM/driveItem/content',
  ],
  [
    'https://acme.sharepoint.com/:x:/g/personal/ann/EaB?e=4f',
    'https://acme.sharepoint.com/:x:/g/personal/ann/EaB?e=4f&download=1',
  ],
];

const others = [
  'https://example.org/ports.csv',
  'http://127.0.0.1:8000/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/edit',
  'https://drive.google.com.example.org/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/view',
  'https://drive.google.com/drive/folders/1AbCdEfGhIjKlMnOpQrStUvWxYz',
  'https://drive.google.com/file/d/..%2F..%2Fx/view',
  'https://docs.google.com/document/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/edit',
  `${sheet}/export?format=xlsx`,
  `${sheet}/gviz/tq?tqx=out:csv&sheet=Ports`,
  'https://docs.google.com/spreadsheets/d/e/2PACX-1vAbC/pub?gid=5&single=true&output=tsv',
  'https://www.dropbox.com/s/abc123/ports.csv?dl=1',
  'https://www.dropbox.com/s/abc123/ports.csv?raw=1',
  'https://www.dropbox.com/home/ports.csv',
  'https://dl.dropboxusercontent.com/s/abc123/ports.csv',
  'https://app.box.com/shared/static/0a1b2c3d.csv',
  'https://acme.box.com/v/ports',
  'https://notbox.com/s/0a1b2c3d',
  'https://github.com/o/r',
  'https://github.com/o/r/releases/download/v1/p.csv',
  'https://raw.githubusercontent.com/o/r/main/p.csv',
  'https://gist.github.com/ann',
  'https://gitlab.com/g/p/-/raw/main/p.csv',
  'https://onedrive.live.com/download?resid=1!2&authkey=3',
  'https://acme.sharepoint.com/sites/x/p.csv',
];

describe('a share link', () => {
  it.each(links)('%s is downloaded from its file', (link, expected) => {
    expect(downloadAddress(new URL(link)).href).toBe(expected);
  });

  it.each(links)('%s leads to an address that stays as it is', (link) => {
    const first = downloadAddress(new URL(link));
    expect(downloadAddress(first).href).toBe(first.href);
  });
});

describe('any other address', () => {
  it.each(others)('%s is downloaded as it is', (address) => {
    expect(downloadAddress(new URL(address)).href).toBe(new URL(address).href);
  });
});
