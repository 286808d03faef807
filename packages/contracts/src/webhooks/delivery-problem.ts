/** Every way in which an attempt to deliver to a webhook goes wrong. Closed, as the error catalogue is. */
export const deliveryProblemCodes = [
  'target-scheme-refused',
  'target-port-refused',
  'target-host-unknown',
  'target-address-refused',
  'target-unreachable',
  'target-tls-invalid',
  'target-timeout',
  'target-redirects',
  'target-gone',
  'target-busy',
  'target-refuses',
  'target-fails',
  'target-http-error',
  'webhook-disabled',
  'not-attempted',
] as const;

export type DeliveryProblemCode = (typeof deliveryProblemCodes)[number];

/** What is known about one code. Texts are public and name no host. */
export interface DeliveryProblem {
  readonly title: string;
  /** What happened, as a full sentence. */
  readonly sentence: string;
  /** What to do next, as a full sentence. */
  readonly remedy: string;
}

/** What every code means to whoever owns the webhook. */
export const deliveryProblems = {
  'target-scheme-refused': {
    title: 'Address not allowed',
    sentence: 'The address of the webhook is neither http nor https.',
    remedy: 'Give the webhook an https address.',
  },
  'target-port-refused': {
    title: 'Port not allowed',
    sentence: 'The address of the webhook names a port to which this installation sends nothing.',
    remedy:
      'Listen on a usual port, such as 443, or ask the operator of this installation to allow the port.',
  },
  'target-host-unknown': {
    title: 'Unknown server',
    sentence: 'The name in the address of the webhook could not be resolved.',
    remedy: 'Check the spelling of the address and the entries of its name servers.',
  },
  'target-address-refused': {
    title: 'Private address',
    sentence: 'The address of the webhook leads into a private network.',
    remedy: 'Listen at a public address, or ask the operator of this installation to allow that network.',
  },
  'target-unreachable': {
    title: 'Server unreachable',
    sentence: 'The connection was refused or broke before an answer came.',
    remedy: 'Check that the server is running and reachable from the internet.',
  },
  'target-tls-invalid': {
    title: 'Certificate not valid',
    sentence: 'The server did not present a valid TLS certificate.',
    remedy: 'Have the certificate of the server renewed or its chain completed.',
  },
  'target-timeout': {
    title: 'No answer in time',
    sentence: 'The server took too long to answer.',
    remedy: 'Answer with a status of 200 at once and do the work after that.',
  },
  'target-redirects': {
    title: 'Redirect not followed',
    sentence: 'The server answered with a redirect, and none is followed.',
    remedy: 'Give the webhook the address at which it is served.',
  },
  'target-gone': {
    title: 'Gone',
    sentence: 'The server answered 410: it wants no more deliveries.',
    remedy: 'Enable the webhook again once its address takes deliveries.',
  },
  'target-busy': {
    title: 'Too busy',
    sentence: 'The server wants to be left alone for a while.',
    remedy: 'Nothing has to be done: it is tried again, and not before the server wants it.',
  },
  'target-refuses': {
    title: 'Delivery refused',
    sentence: 'The server answered with a status of the 400s.',
    remedy: 'Check that the address takes POST, and that the signature is verified with the present secret.',
  },
  'target-fails': {
    title: 'Server failed',
    sentence: 'The server answered with a status of the 500s.',
    remedy: 'Look into the log of the server.',
  },
  'target-http-error': {
    title: 'Answer not understood',
    sentence:
      'What the server answered is not valid HTTP, or no status that says that the delivery was taken.',
    remedy: 'Answer with a status from 200 to 299.',
  },
  'webhook-disabled': {
    title: 'Webhook disabled',
    sentence: 'The webhook was disabled when the delivery was due, so it was not sent.',
    remedy: 'Enable the webhook and ask for the delivery again.',
  },
  'not-attempted': {
    title: 'Not sent yet',
    sentence: 'This installation could not send the delivery, or does not know how it went.',
    remedy: 'Nothing has to be done: it is tried again.',
  },
} as const satisfies Record<DeliveryProblemCode, DeliveryProblem>;
