import { z } from 'zod';

/** The variables of every service that say where its traces go. */
export const telemetryEnv = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .transform((text) => text.replace(/\/+$/, ''))
    .optional()
    .describe(
      'Where traces are sent by OTLP over HTTP, e.g. http://collector:4318. Without it none are made, which costs nothing.',
    ),
  TRACE_SAMPLE_RATIO: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Which part of the traces that begin here are kept, from 0 to 1.'),
};

export type TelemetryEnv = Readonly<z.infer<z.ZodObject<typeof telemetryEnv>>>;
