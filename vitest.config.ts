import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["minimal"],
    silent: "passed-only",
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "test/house/lint.test.ts"],
          testTimeout: 10_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          // Runs what `npm run build` made.
          name: "e2e",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["test/house/lint.test.ts"],
          testTimeout: 150_000,
          hookTimeout: 60_000,
          // Real processes and real deadlines on a machine that others may use: one more chance, which the report names.
          retry: 1,
        },
      },
    ],
  },
});
