/** The ids in examples. The test that sends the examples gives its rows these ids. */
export const exampleIds = {
  synchronization: '0b9d5c3e-6f1a-4c58-9a55-3d2f8f1f6a01',
  run: '7a1c2f64-91d5-4e0b-8a0e-5f5c3c1b2d02',
  log: '3c0f7d2a-1b6e-4f7c-8f0a-9d8e7c6b5a03',
  key: '5e2b8c1d-4f7a-4b3e-8d6c-1a9f0e7d6c05',
  login: '4d1f8a2b-7c3e-4a5d-9b6f-0e1d2c3b4a06',
  auditEntry: '8c7b6a59-4e3d-4f2c-9b1a-0d9e8f7a6b07',
} as const;
