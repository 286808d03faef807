import type { Socket } from 'node:net';

/** Why a request line or header could not be read, by the code of Node's parser. */
const answers: Record<string, [status: string, errors: string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The address and headers are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
};

/** Answers what is not even HTTP in the form of every other refusal, and ends the connection. */
export function answerUnreadableRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, errors] = answers[error.code ?? ''] ?? [
    '400 Bad Request',
    'The request could not be understood.',
  ];
  const body = JSON.stringify({ errors });
  const headers = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`);
}
