import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  createLoginV1Pattern,
  type CreateLoginV1Reply,
  createLoginV1RequestSchema,
  listLoginsV1Pattern,
  type ListLoginsV1Reply,
  listLoginsV1RequestSchema,
  revokeLoginV1Pattern,
  type RevokeLoginV1Reply,
  revokeLoginV1RequestSchema,
  rotateLoginV1Pattern,
  type RotateLoginV1Reply,
  rotateLoginV1RequestSchema,
} from '@tidetable/contracts';
import type { Client } from 'pg';
import { DestinationSessions } from '../destination-sessions.js';
import {
  createLogin,
  listLogins,
  type LoginRules,
  revokeLogin,
  rotateLogin,
} from '../logins/manage-logins.js';

/** Under this token Nest injects how logins are made. */
export const loginRules = Symbol('login rules');

/** Answers questions about logins, each on a connection of its own: some take longer than a look into the catalogue. */
@Controller()
export class LoginsController {
  constructor(
    @Inject(DestinationSessions) private readonly sessions: DestinationSessions,
    @Inject(loginRules) private readonly rules: LoginRules,
  ) {}

  @MessagePattern(listLoginsV1Pattern)
  async list(@Payload() question: unknown): Promise<ListLoginsV1Reply> {
    const request = listLoginsV1RequestSchema.parse(question);
    return this.with((client) => listLogins(client, request, this.rules.place));
  }

  @MessagePattern(createLoginV1Pattern)
  async create(@Payload() question: unknown): Promise<CreateLoginV1Reply> {
    const request = createLoginV1RequestSchema.parse(question);
    return this.with((client) => createLogin(client, request, this.rules));
  }

  @MessagePattern(rotateLoginV1Pattern)
  async rotate(@Payload() question: unknown): Promise<RotateLoginV1Reply> {
    const request = rotateLoginV1RequestSchema.parse(question);
    return this.with((client) => rotateLogin(client, request, this.rules.place));
  }

  @MessagePattern(revokeLoginV1Pattern)
  async revoke(@Payload() question: unknown): Promise<RevokeLoginV1Reply> {
    const request = revokeLoginV1RequestSchema.parse(question);
    return this.with((client) => revokeLogin(client, request));
  }

  private async with<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const session = await this.sessions.open();
    try {
      return await work(session.client);
    } finally {
      await session.release();
    }
  }
}
