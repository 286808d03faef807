import { errorCatalogue, type FailureDirective } from '@tidetable/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { describeProblem, isProblemCode, type ProblemCode, problemType } from './problem.js';
import { requestProblems } from './request-problems.js';

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const whatFollows: Record<FailureDirective, string> = {
  'retry-later': 'Tidetable tries again by itself: soon, and then by the schedule.',
  'await-user-fix': 'Tidetable looks at the source again by the schedule, so that a fix is noticed.',
  'give-up': 'Tidetable stops the schedule until somebody changes the synchronization or asks for a refresh.',
};

/** Serves a page for each type of problem, below the address that is its identifier, and a list of them all. */
export function serveProblemPages(fastify: FastifyInstance): void {
  fastify.get('/problems', async (_request, reply) => sendPage(reply, 200, 'Problems', listOfProblems()));
  fastify.get<{ Params: { code: string } }>('/problems/:code', async ({ params }, reply) =>
    isProblemCode(params.code)
      ? sendPage(reply, 200, describeProblem(params.code).title, aboutProblem(params.code))
      : sendPage(reply, 404, 'No such problem', '<p><a href="/problems">All problems</a></p>'),
  );
}

function sendPage(reply: FastifyReply, status: number, title: string, content: string): FastifyReply {
  return reply.status(status).headers(pageHeaders).send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}dt{font-weight:600}</style>
<h1>${escape(title)}</h1>
${content}
</html>
`);
}

function listOfProblems(): string {
  const list = (codes: readonly string[]): string =>
    `<ul>${codes
      .map(
        (code) => `<li><a href="/problems/${code}">${escape(describeProblem(code as ProblemCode).title)}</a>`,
      )
      .join('\n')}</ul>`;
  return `<h2>Refused requests</h2>${list(Object.keys(requestProblems))}
<h2>Failed refreshes</h2>${list(Object.keys(errorCatalogue))}`;
}

function aboutProblem(code: ProblemCode): string {
  const { sentence, remedy } = describeProblem(code);
  const facts = Object.hasOwn(requestProblems, code)
    ? [['Status', String(requestProblems[code as keyof typeof requestProblems].status)]]
    : aboutFailure(errorCatalogue[code as keyof typeof errorCatalogue]);
  const lines = [['What happened', sentence], ['What to do', remedy], ...facts, ['Type', problemType(code)]];
  const definitions = lines.map(
    ([term = '', text = '']) => `<dt>${escape(term)}</dt><dd>${escape(text)}</dd>`,
  );
  return `<dl>${definitions.join('\n')}</dl><p><a href="/problems">All problems</a></p>`;
}

function aboutFailure({
  directive,
  cartoCode,
}: {
  directive: FailureDirective;
  cartoCode: number;
}): string[][] {
  return [
    ['What follows', whatFollows[directive]],
    ['error_code of version 1', String(cartoCode)],
  ];
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
