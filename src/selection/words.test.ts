import fc from "fast-check";
import { expect, test } from "vitest";
import { stem } from "./stem.ts";
import { wordsOf } from "./words.ts";

test.each([
  ["getUserByID", ["get", "user", "by", "id"]],
  ["list_pull-requests", ["list", "pull", "requests"]],
  ["GitHub", ["git", "hub", "github"]],
  ["HTTPServer APIs", ["http", "server", "httpserver", "apis"]],
  ["k8s S3 oauth2 base64", ["k8", "s", "k8s", "s3", "oauth2", "oauth", "base64", "base"]],
  ["Überblick café", ["uberblick", "cafe"]],
  ["天气预报", ["天气", "气预", "预报"]],
  ["", []],
])("%s", (text, words) => expect(wordsOf(text)).toEqual(words));

test.each([
  [["create", "creates", "created", "creating"], "creat"],
  [["file", "files"], "fil"],
  [["query", "queries"], "queri"],
  [["run", "running", "runs"], "run"],
  [["process", "status", "news"], undefined],
])("%s have one stem", (words, common) => {
  const stems = new Set(words.map(stem));
  expect(stems).toEqual(common === undefined ? new Set(["process", "status", "new"]) : new Set([common]));
});

test("any text gives words that are lower case and not empty", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      for (const word of wordsOf(text)) expect(stem(word)).toMatch(/\S/);
    }),
  );
  expect(() => wordsOf("\ud800 a\udfff")).not.toThrow();
});
