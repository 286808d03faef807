import type { CountryEvidence } from './country-evidence.js';
import type { LineCount } from './geometry-evidence.js';
import type { PlaceEvidence, PlaceTypes } from './place-evidence.js';
import type { PlacePlan } from './place-plan.js';

/** What became of geometries in the database. */
export interface PlaceChanges {
  repaired: number;
  vanished: number;
  /** Those that could not be brought into degrees. */
  lost: number;
}

/**
 * What is worth telling of where a table's rows are, in sentences without the value of any cell. `names` are those of
 * the columns when none of them is the geometry.
 */
export function describePlaces(
  places: PlaceEvidence,
  plan: PlacePlan,
  types: PlaceTypes,
  names: readonly string[],
  changes: PlaceChanges,
): string[] {
  return [
    ...describeColumn(places, plan, names),
    ...describeChanges(places, plan, changes),
    ...(plan.from === 'text' || plan.from === 'format' ? [] : describeRefusals(places, types, names)),
    ...(plan.from === 'nowhere' ? describePoints(places, types, names) : []),
    ...describeCountries(places, plan, types, names),
  ];
}

/** What of the column that became the geometry is not in it. */
function describeColumn(places: PlaceEvidence, plan: PlacePlan, names: readonly string[]): string[] {
  if (plan.from !== 'text' && plan.from !== 'format') return [];
  const evidence = places.geometries.find(({ candidate }) => candidate.column === plan.column);
  if (evidence === undefined) return [];
  const of = plan.from === 'text' ? ` of column ${names[plan.column]}` : '';
  const { unreadable, notDegrees } = evidence;
  const sentences: string[] = [];
  if (unreadable.count > 0) {
    sentences.push(
      `${counted(unreadable.count, 'value')}${of} ${are(unreadable.count)} no geometry that can be read, ${onLines(unreadable)}.`,
    );
  }
  if (notDegrees.count > 0) {
    sentences.push(
      `${counted(notDegrees.count, 'geometry', 'geometries')}${of} ${are(notDegrees.count)} not in degrees and left out, ${onLines(notDegrees)}.`,
    );
  }
  return sentences;
}

function describeChanges(places: PlaceEvidence, plan: PlacePlan, changes: PlaceChanges): string[] {
  const { repaired, vanished, lost } = changes;
  const evidence =
    plan.from === 'text' || plan.from === 'format'
      ? places.geometries.find(({ candidate }) => candidate.column === plan.column)
      : undefined;
  const open = evidence?.openRings ?? 0;
  const sentences: string[] = [];
  if (open > 0) {
    sentences.push(
      `${counted(open, 'geometry', 'geometries')} had an outline that did not end where it began; it was closed.`,
    );
  }
  if (repaired > 0) {
    sentences.push(
      `${counted(repaired, 'geometry was', 'geometries were')} not valid and ${were(repaired)} repaired.`,
    );
  }
  if (vanished > 0) {
    sentences.push(
      `${counted(vanished, 'geometry', 'geometries')} enclosed nothing and ${were(vanished)} left out.`,
    );
  }
  if (lost > 0) {
    sentences.push(
      `${counted(lost, 'geometry', 'geometries')} cannot be brought into degrees and ${were(lost)} left out.`,
    );
  }
  return sentences;
}

/** Columns that should have been geometries and stay text. */
function describeRefusals(places: PlaceEvidence, types: PlaceTypes, names: readonly string[]): string[] {
  return places.geometries
    .filter((evidence) => evidence.isExpected && types.isText(evidence.candidate.column))
    .map(({ candidate, unreadable, notDegrees }) => {
      const name = names[candidate.column]!;
      return unreadable.count >= notDegrees.count
        ? `Column ${name} stays text: ${counted(unreadable.count, 'of its values is', 'of its values are')} no geometry that can be read, ${onLines(unreadable)}.`
        : `Column ${name} stays text: its coordinates are no degrees, and it names no reference system.`;
    });
}

function describePoints(places: PlaceEvidence, types: PlaceTypes, names: readonly string[]): string[] {
  const { points } = places;
  const doubt = points?.doubt() ?? null;
  if (points === null || doubt === null) return [];
  const { latitude, longitude } = points.columns;
  if (!types.isNumber(latitude) || !types.isNumber(longitude)) return [];
  const columns = `Columns ${names[latitude]} and ${names[longitude]} make no points`;
  return [
    doubt === 'swapped'
      ? `${columns}: their values are places only the other way round.`
      : `${columns}: most of their values are no degrees.`,
  ];
}

function describeCountries(
  places: PlaceEvidence,
  plan: PlacePlan,
  types: PlaceTypes,
  names: readonly string[],
): string[] {
  if (plan.from !== 'country' && plan.from !== 'nowhere') return [];
  const evidence = places.provenCountries(types);
  if (evidence === null) return plan.from === 'nowhere' ? describeNearMiss(places, types, names) : [];
  const name = names[evidence.column]!;
  if (plan.from === 'nowhere') {
    return [`The countries of column ${name} got no areas: those of so many rows would take too much room.`];
  }
  const { unmatched } = evidence;
  const sentences = [
    `Each row has the area of the country in column ${name}${plan.detail === 'coarse' ? ', drawn coarsely, since there are many rows' : ''}.`,
  ];
  if (unmatched.count > 0) {
    sentences.push(
      `${counted(unmatched.count, 'value')} of column ${name} ${are(unmatched.count)} no country that can be drawn, ${onLines(unmatched)}.`,
    );
  }
  return sentences;
}

/** A column that the customer may have expected to become countries. */
function describeNearMiss(places: PlaceEvidence, types: PlaceTypes, names: readonly string[]): string[] {
  const near = places.countries
    .filter(({ column, isNearMiss }) => isNearMiss && types.isText(column))
    .reduce<CountryEvidence | null>(
      (best, next) =>
        best === null || Number(next.isNamed) > Number(best.isNamed) || next.share > best.share ? next : best,
      null,
    );
  if (near === null) return [];
  const { unmatched } = near;
  const name = names[near.column]!;
  return [
    `Column ${name} got no areas of countries: ${counted(unmatched.count, 'of its values is', 'of its values are')} no country that can be drawn, ${onLines(unmatched)}.`,
  ];
}

function onLines({ count, lines }: LineCount): string {
  const named = lines.join(', ');
  if (count > lines.length) return `the first on lines ${named}`;
  return lines.length === 1 ? `on line ${named}` : `on lines ${named}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}
