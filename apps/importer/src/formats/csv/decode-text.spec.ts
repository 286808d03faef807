import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import iconv from 'iconv-lite';
import type { OpenableFile } from '../table-reader.js';
import { decodeText } from './decode-text.js';

function fileOf(bytes: Buffer, chunkBytes: number, headBytes = bytes.length): OpenableFile {
  return {
    head: bytes.subarray(0, headBytes),
    isWhole: headBytes >= bytes.length,
    open: async () =>
      (async function* () {
        for (let at = 0; at < bytes.length; at += chunkBytes) {
          // Overwritten once the next is asked for, as a stream may do.
          const chunk = Buffer.from(bytes.subarray(at, at + chunkBytes));
          yield chunk;
          chunk.fill(0xff);
        }
      })(),
  };
}

/** What the text and its encoding are, or the failure. */
async function decode(
  bytes: Buffer,
  chunkBytes = bytes.length,
  headBytes = bytes.length,
): Promise<{ text: string; encoding: string | null } | string> {
  try {
    const file = decodeText(fileOf(bytes, chunkBytes, headBytes));
    const read = async (): Promise<string> => {
      let text = '';
      for await (const chunk of await file.open()) text += chunk.toString();
      return text;
    };
    const text = await read();
    expect(text.startsWith(file.head.toString())).toBe(true);
    // The encoding is known by now, and nothing else changes.
    expect(await read()).toBe(text);
    return { text, encoding: file.encoding() };
  } catch (error) {
    if (error instanceof SyncError) return error.message;
    throw error;
  }
}

const bytes = (...values: number[]): Buffer => Buffer.from(values);

describe('decodeText', () => {
  it.each<[string, string, string]>([
    ['windows-1252', 'French', 'nom,ville\nHélène,Orléans\nFrançois,Besançon\nJérôme,Nîmes\n'],
    ['windows-1252', 'German', 'name,straße\nMüller,Königstraße\nGröße,Düsseldorf\n'],
    ['windows-1252', 'Spanish', 'año,ciudad\n2020,A Coruña\n2021,Málaga – Cádiz\n'],
    ['windows-1252', 'Portuguese', 'nome,cidade\nJoão,São Paulo\nConceição,Brasília\n'],
    ['windows-1252', 'Danish', 'navn,by\nSøren,Århus\nKåre,Ærø\n'],
    ['windows-1252', 'typographic', 'a,b\n1,“quoted” – 5 €\n'],
    ['windows-1252', 'Italian', 'città\nperché,così è più\n'],
    ['windows-1252', 'Finnish', 'nimi,kaupunki\nPäivi,Jyväskylä\nÄänekoski,Hämeenlinna\n'],
    ['windows-1252', 'Icelandic', 'Reykjavík,Þór\nÓlafur,Guðrún\n'],
    ['windows-1252', 'physical', 'temp °C,price £\nm²,½ ¾\n'],
    ['windows-1252', 'one letter of', 'a,b\n1,é\n'],
    ['windows-1251', 'Russian', 'имя,город\nИван,Москва\nОльга,Санкт-Петербург\nПётр,Новосибирск\n'],
    ['windows-1251', 'one Russian word of', 'a,город\n1,Москва\n'],
    ['KOI8-R', 'Russian', 'имя,город\nИван,Москва\nОльга,Санкт-Петербург\nПётр,Новосибирск\n'],
    ['ISO-8859-5', 'Russian', 'имя,город\nИван,Москва\nОльга,Санкт-Петербург\nПётр,Новосибирск\n'],
    ['Shift_JIS', 'Japanese', '名前,都市\n田中,東京都\n鈴木,大阪市\nさくら,カタカナ\n'],
    ['EUC-JP', 'Japanese', '名前,都市\n田中,東京都\n鈴木,大阪市\nさくら,カタカナ\n'],
    ['GB18030', 'Chinese', '姓名,城市\n王伟,北京市朝阳区\n李娜,上海市浦东新区\n张敏,广州市\n'],
    ['Big5', 'Chinese', '姓名,城市\n王小明,臺北市信義區\n陳美玲,高雄市左營區\n林志豪,臺中市\n'],
    ['EUC-KR', 'Korean', '이름,도시\n김철수,서울특별시\n이영희,부산광역시\n박민수,대구광역시\n'],
    [
      'ISO-8859-2',
      'Polish',
      'nazwa,miasto\nŁukasz,Łódź\nMałgorzata,Kraków\nPaweł,Gdańsk\nŻaneta,Częstochowa\n',
    ],
    [
      'windows-1250',
      'Czech',
      'jméno,město\nJiří,Plzeň\nŽofie,České Budějovice\nTomáš,Ústí\nŠárka,Kroměříž\n',
    ],
    ['windows-1250', 'Hungarian', 'Győr,Székesfehérvár\nŐrség\n'],
    ['Shift_JIS', 'two characters of', 'a,b\n1,東京\n'],
    ['GB18030', 'two characters of', 'a,b\n1,北京\n'],
    ['EUC-KR', 'two characters of', 'a,b\n1,서울\n'],
    ['windows-1253', 'Greek', 'όνομα,πόλη\nΓιώργος,Αθήνα\nΜαρία,Θεσσαλονίκη\nΝίκος,Πάτρα\n'],
    ['windows-1256', 'Arabic', 'الاسم,المدينة\nمحمد,القاهرة\nفاطمة,الرياض\n'],
  ])('reads %s by %s text, wherever it is cut', async (encoding, _language, text) => {
    const encoded = iconv.encode(text, encoding);
    expect(await decode(encoded)).toEqual({ text, encoding });
    for (const chunkBytes of [1, 2, 3, 7]) {
      expect(await decode(encoded, chunkBytes)).toEqual({ text, encoding });
    }
  });

  it.each<[string, 'utf-16le' | 'utf-16be', string]>([
    ['with a byte order mark', 'utf-16le', '\ufeffa,é\n1,😀€\n'],
    ['with a byte order mark', 'utf-16be', '\ufeffa,é\n1,😀€\n'],
    ['without a byte order mark', 'utf-16le', 'a,é\n1,b\n2,c\n'],
    ['without a byte order mark', 'utf-16be', 'a,é\n1,b\n2,c\n'],
    ['without a byte order mark and hardly Latin', 'utf-16le', 'имя;город;1\nИван;Москва;2\nОльга;Омск;3\n'],
  ])('reads UTF-16 %s (%s), wherever it is cut', async (_name, encoding, text) => {
    const encoded = iconv.encode(text, encoding);
    for (const chunkBytes of [1, 2, 3, 5, encoded.length]) {
      expect(await decode(encoded, chunkBytes)).toEqual({ text: text.replace('\ufeff', ''), encoding });
    }
  });

  it('passes UTF-8 on as it is, wherever it is cut', async () => {
    const text = '\ufeffaé€😀z\n';
    const encoded = Buffer.from(text);
    for (let headBytes = 4; headBytes <= encoded.length; headBytes++) {
      for (const chunkBytes of [1, 2, 3, 4, encoded.length]) {
        expect(await decode(encoded, chunkBytes, headBytes)).toEqual({ text, encoding: null });
      }
    }
  });

  it('finds the encoding behind a beginning that is ASCII', async () => {
    const text = `${'a,b\n'.repeat(100)}Пётр,Новосибирск\nИван,Москва\n`;
    const encoded = iconv.encode(text, 'windows-1251');
    expect(await decode(encoded, 1000, 50)).toEqual({ text, encoding: 'windows-1251' });
    const french = `${'a,b\n'.repeat(100)}é`;
    expect(await decode(iconv.encode(french, 'windows-1252'), 7, 50)).toEqual({
      text: french,
      encoding: 'windows-1252',
    });
  });

  it.each<[string, Buffer, string]>([
    ['a letter of Latin-1 behind one of UTF-8', bytes(0xc3, 0xa9, 0x0a, 0xe9, 0x0a), 'it is UTF-8, except'],
    [
      'a character that the end of a file of UTF-8 cuts off',
      bytes(0xc3, 0xa9, 0xe2, 0x82),
      'it is UTF-8, except',
    ],
    ['half a character of UTF-16', bytes(0xff, 0xfe, 0x61, 0, 0x62), 'it seems to be utf-16le'],
    ['half a surrogate pair', bytes(0xff, 0xfe, 0x61, 0, 0, 0xd8, 0x61, 0), 'it seems to be utf-16le'],
    ['NUL in UTF-16', bytes(0xff, 0xfe, 0x61, 0, 0, 0), 'it contains NUL bytes'],
    ['NUL in UTF-8', Buffer.from('a,b\n1,\0\n'), 'it contains NUL bytes'],
    ['NUL in Latin-1', Buffer.from('a,é\n1,\0\n', 'latin1'), 'it contains NUL bytes'],
    ['bytes that are no text at all', bytes(0x89, 0x61, 0x02, 0xff, 0x0a), 'it contains control characters'],
  ])('refuses %s, wherever it is cut', async (_name, invalid, detail) => {
    for (const chunkBytes of [1, 2, invalid.length]) {
      expect(await decode(invalid, chunkBytes, 3)).toMatch(`text-encoding-invalid: ${detail}`);
      expect(await decode(invalid, chunkBytes)).toMatch(`text-encoding-invalid: ${detail}`);
    }
  });
});
