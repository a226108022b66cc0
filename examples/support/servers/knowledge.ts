/** The demo's knowledge base server: articles that solve problems. Over Streamable HTTP (`--port N`, else a free port). */

import { McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import * as z from "zod";
import { answer, failure } from "../../answer.ts";
import { serve } from "../../serve.ts";
import { matching } from "./matching.ts";

interface Article {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

const articles: readonly Article[] = [
  {
    id: "KB-11",
    title: "Exports time out on large accounts",
    text: "An export of more than 50,000 rows is cut after 60 seconds. Turn on background exports under Settings, Data: the file then arrives by mail. Needs plan business.",
  },
  {
    id: "KB-12",
    title: "Invite a colleague",
    text: "Under Settings, People, choose Invite. A seat is free on plan team and above until the limit of the plan is reached.",
  },
  {
    id: "KB-13",
    title: "Change the plan",
    text: "Plans change at once; what was paid is counted towards the new plan. Only the owner of the account can change it.",
  },
  {
    id: "KB-14",
    title: "Single sign-on with your own identity provider",
    text: "Plan business offers SAML and OpenID Connect. Enter the issuer under Settings, Security, then test with one person before you require it.",
  },
  {
    id: "KB-15",
    title: "Calls to the API answer with status 429",
    text: "Each account may send 100 calls a minute. Wait for the seconds in the Retry-After header. A higher limit is part of plan business.",
  },
];

const byId = new Map(articles.map((article) => [article.id, article]));
const readOnly = { readOnlyHint: true, idempotentHint: true, openWorldHint: false } as const;

function make(): McpServer {
  const server = new McpServer({ name: "knowledge", version: "1.0.0" }, { instructions: "Articles for customers. Ids look like KB-11." });
  server.registerTool(
    "search",
    {
      title: "Search articles",
      description: "Finds articles of the knowledge base by the words in them.",
      inputSchema: z.object({ text: z.string().min(1) }),
      annotations: readOnly,
    },
    ({ text }) => {
      const found = matching(articles, text, (article) => `${article.title} ${article.text}`).slice(0, 3);
      return answer(found.map(({ id, title }) => `${id} ${title}`).join("\n") || `No article matches "${text}".`);
    },
  );
  server.registerTool(
    "get",
    {
      title: "Read an article",
      description: "The text of one article.",
      inputSchema: z.object({ id: z.string().describe("An article's id, as KB-11") }),
      annotations: readOnly,
    },
    ({ id }) => {
      const article = byId.get(id);
      return article === undefined
        ? failure(`There is no article ${id}. Find the id with search first.`)
        : answer(`${article.title}\n\n${article.text}`);
    },
  );
  server.registerResource(
    "article",
    new ResourceTemplate("kb://articles/{id}", {
      list: () => ({ resources: articles.map(({ id, title }) => ({ uri: `kb://articles/${id}`, name: id, title })) }),
      complete: { id: (start) => [...byId.keys()].filter((id) => id.startsWith(start)) },
    }),
    { title: "Article", description: "One article of the knowledge base", mimeType: "text/plain" },
    (uri, { id }) => {
      const article = byId.get(String(id));
      if (article === undefined) throw new Error(`There is no article ${String(id)}.`);
      return { contents: [{ uri: uri.href, mimeType: "text/plain", text: `${article.title}\n\n${article.text}` }] };
    },
  );
  return server;
}

await serve(make, { port: 0 });
