import tseslint from 'typescript-eslint';

/** Lint looks for bugs; looks are the formatter's. Every rule that is off says why. */
export default tseslint.config(
  {
    ignores: ['**/dist/**', '**/node_modules/**', '.tidetable/**', '.test-results/**', '**/*.mjs', '**/*.js'],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', prefer: 'type-imports' },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportAllDeclaration',
          message: 'A package names what it publishes.',
        },
        {
          selector:
            'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(skip|only|todo|failing)$/]',
          message: 'A test that is not run proves nothing.',
        },
        {
          selector: 'CallExpression[callee.name=/^(it|test)$/] > Literal:first-child[value=/\\bshould\\b/]',
          message: 'A name is a guarantee in the present tense.',
        },
        {
          selector:
            "MemberExpression[object.name='jest'][property.name=/^(mock|doMock|unstable_mockModule|spyOn)$/]",
          message: 'Nothing of ours is mocked: use the real thing, or give a port a second implementation.',
        },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Configuration is parsed once, in the *.env.ts of the service.',
        },
      ],
      // Nest providers and port implementations are async by contract even where a body awaits nothing.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // Decorated constructor parameters need their classes at run time, which type-only imports would erase.
    files: ['apps/*/src/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    // The one place of each process that reads the environment, the tools that prepare one, and tests that pass one on.
    files: [
      '**/*.env.ts',
      '**/main.ts',
      '**/*-cli.ts',
      'packages/local-stack/**',
      'packages/test-harness/**',
      'e2e/**',
      'bench/**',
      '**/medium/**',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
);
