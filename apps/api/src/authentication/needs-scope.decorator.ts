import { SetMetadata } from '@nestjs/common';
import type { KeyScope } from '../accounts/key-scope.js';

/** Where a handler says which scope it needs, when its method alone does not tell. */
export const neededScope = 'needed scope';

/** Says that a handler changes something although it is asked with GET, as CARTO's clients do. */
export const NeedsScope = (scope: KeyScope): MethodDecorator => SetMetadata(neededScope, scope);
