import { expect, it } from '@jest/globals';
import { parseDrivers } from './list-drivers.js';

it('reads the names of drivers, whatever kinds of data they have', () => {
  expect(
    parseDrivers(
      [
        'Supported Formats:',
        '  BAG -raster,multidimensional raster,vector- (rw+v): Bathymetry Attributed Grid',
        '  ESRI Shapefile -vector- (rw+v): ESRI Shapefile',
        '  XLS -vector- (ro): MS Excel format',
        '',
      ].join('\n'),
    ),
  ).toEqual(['BAG', 'ESRI Shapefile', 'XLS']);
});
