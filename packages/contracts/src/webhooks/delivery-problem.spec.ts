import { describe, expect, it } from '@jest/globals';
import { deliveryProblemCodes, deliveryProblems } from './delivery-problem.js';

describe('the problems of deliveries', () => {
  it('have an entry for each code, in the order of the codes', () => {
    expect(Object.keys(deliveryProblems)).toEqual(deliveryProblemCodes);
  });

  it.each(Object.entries(deliveryProblems))(
    'tell of %s in whole sentences under a heading',
    (_code, entry) => {
      expect(entry.title).toMatch(/^[A-Z][^.]{3,39}$/);
      expect(entry.sentence).toMatch(/^[A-Z].*[^ ]\.$/);
      expect(entry.remedy).toMatch(/^[A-Z].*[^ ]\.$/);
    },
  );
});
