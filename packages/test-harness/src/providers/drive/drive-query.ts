import { driveBadRequest } from './drive-errors.js';
import type { DriveFile } from './drive-store.js';

type Predicate = (file: DriveFile) => boolean;

const tokenForm = /\s*(?:(\(|\)|!=|<=|>=|=|<|>)|'((?:[^'\\]|\\['\\])*)'|([A-Za-z]+))/y;

interface Token {
  readonly kind: 'sign' | 'text' | 'word';
  readonly value: string;
}

/** Drive's search language, as much of it as clients need. @throws Refusal for what it does not know */
export function parseDriveQuery(query: string): Predicate {
  const tokens = tokensOf(query);
  let at = 0;
  const take = (): Token => tokens[at++] ?? { kind: 'sign', value: '' };
  const isNext = (value: string): boolean => tokens[at]?.kind !== 'text' && tokens[at]?.value === value;

  const any = (): Predicate => {
    let left = all();
    while (isNext('or')) {
      take();
      const [before, right] = [left, all()];
      left = (file) => before(file) || right(file);
    }
    return left;
  };
  const all = (): Predicate => {
    let left = one();
    while (isNext('and')) {
      take();
      const [before, right] = [left, one()];
      left = (file) => before(file) && right(file);
    }
    return left;
  };
  const one = (): Predicate => {
    if (isNext('not')) {
      take();
      const inner = one();
      return (file) => !inner(file);
    }
    if (isNext('(')) {
      take();
      const inner = any();
      if (take().value !== ')') throw invalid();
      return inner;
    }
    return comparison(take(), take(), take());
  };
  const predicate = any();
  if (at !== tokens.length) throw invalid();
  return predicate;
}

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  while (query.slice(end).trim() !== '') {
    tokenForm.lastIndex = end;
    const found = tokenForm.exec(query);
    if (found === null) throw invalid();
    end = tokenForm.lastIndex;
    const [, sign, text, word] = found;
    if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
    else if (text !== undefined) tokens.push({ kind: 'text', value: text.replace(/\\(['\\])/g, '$1') });
    else tokens.push({ kind: 'word', value: word ?? '' });
  }
  return tokens;
}

function comparison(left: Token, operator: Token, right: Token): Predicate {
  if (left.kind === 'text' && operator.value === 'in' && right.value === 'parents') {
    return ({ parents }) => parents.includes(left.value);
  }
  const [isEqual, isUnequal] = [operator.value === '=', operator.value === '!='];
  switch (left.value) {
    case 'trashed':
      if (right.kind !== 'word' || !/^(true|false)$/.test(right.value) || !(isEqual || isUnequal)) break;
      return ({ trashed }) => (String(trashed) === right.value) === isEqual;
    case 'mimeType':
      if (right.kind !== 'text' || !(isEqual || isUnequal)) break;
      return ({ mimeType }) => (mimeType === right.value) === isEqual;
    case 'name':
      if (right.kind !== 'text') break;
      if (isEqual) return ({ name }) => name === right.value;
      // From the start of words only.
      if (operator.value === 'contains') return ({ name }) => hasWordsFrom(name, right.value);
      break;
    case 'modifiedTime':
      if (right.kind !== 'text' || operator.value !== '>' || Number.isNaN(Date.parse(right.value))) break;
      return ({ modifiedTime }) => modifiedTime.getTime() > Date.parse(right.value);
  }
  throw invalid();
}

function hasWordsFrom(name: string, words: string): boolean {
  const [text, wanted] = [name.toLowerCase(), words.toLowerCase()];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return true;
  }
  return false;
}

function invalid(): Error {
  return driveBadRequest('Invalid Value', 'invalid');
}
