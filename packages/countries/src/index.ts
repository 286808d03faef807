export { type CountryShape, countryShape, type ShapeDetail } from './country-shape.js';
export { countryOfCode, countryOfName } from './find-country.js';
