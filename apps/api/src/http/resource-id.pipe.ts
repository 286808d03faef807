import type { PipeTransform } from '@nestjs/common';
import { notFound } from './refusal.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lets a well-formed id through; any other is the id of nothing, and so a 404 like every unknown one. */
export class ResourceIdPipe implements PipeTransform<string, string> {
  constructor(private readonly what: string) {}

  transform(value: string): string {
    const id = value.toLowerCase();
    if (!uuid.test(id)) throw notFound(this.what);
    return id;
  }
}
