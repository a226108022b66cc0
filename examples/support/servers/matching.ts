/** The search that the support servers share: every record whose words contain those asked for, best first. */

/** Records that match at least one word of the text, those that match most words first. */
export function matching<T>(records: readonly T[], text: string, wordsOf: (record: T) => string): T[] {
  const asked = text.toLowerCase().match(/[\p{L}\p{N}@.-]+/gu) ?? [];
  return records
    .map((record) => {
      const words = wordsOf(record).toLowerCase();
      return { record, score: asked.filter((word) => words.includes(word)).length };
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ record }) => record);
}
