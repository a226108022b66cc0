/** Our section of bench/RESULTS.md, behind the mark below which the benchmark leaves everything as it is. */

const MARK = "\n<!-- below: written by others -->";

/** The page with this section in the place of the one of that title, or as its last one. */
export function withSection(page: string, title: string, text: string): string {
  const at = page.indexOf(MARK);
  const [above, below] = at === -1 ? [page.trimEnd(), ""] : [page.slice(0, at), page.slice(at + MARK.length)];
  const others = below.split(/^(?=## )/m).filter((section) => section.trim() !== "" && !section.startsWith(`## ${title}\n`));
  const sections = [...others.map((section) => section.trim()), `## ${title}\n\n${text.trim()}`];
  return `${above.trimEnd()}\n${MARK}\n\n${sections.join("\n\n")}\n`;
}
