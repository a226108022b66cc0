/** The demo's CRM server: who the customers are. On stdio; its data lives as long as the process. */

import { McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";
import { answer, failure } from "../../answer.ts";
import { serve } from "../../serve.ts";
import { matching } from "./matching.ts";

interface Customer {
  readonly id: string;
  readonly name: string;
  readonly contact: string;
  readonly email: string;
  readonly plan: "starter" | "team" | "business";
  readonly since: string;
  readonly notes: string[];
}

const seed: readonly Customer[] = [
  {
    id: "C-101",
    name: "Fjordline Freight",
    contact: "Ingrid Solheim",
    email: "ingrid@fjordline.example",
    plan: "business",
    since: "2023-04-02",
    notes: [],
  },
  {
    id: "C-102",
    name: "Quince Bakery",
    contact: "Omar Haddad",
    email: "omar@quince.example",
    plan: "starter",
    since: "2025-09-17",
    notes: [],
  },
  {
    id: "C-103",
    name: "Harbour Dental",
    contact: "Ruth Mbeki",
    email: "ruth@harbourdental.example",
    plan: "team",
    since: "2024-01-30",
    notes: [],
  },
  {
    id: "C-104",
    name: "Alder Architects",
    contact: "Paul Wieland",
    email: "paul@alder.example",
    plan: "team",
    since: "2022-11-08",
    notes: [],
  },
  {
    id: "C-105",
    name: "Sundial Travel",
    contact: "Camila Ortega",
    email: "camila@sundial.example",
    plan: "business",
    since: "2024-06-21",
    notes: [],
  },
];

const customers = new Map(seed.map((customer) => [customer.id, customer]));

const ID = z.string().describe("A customer's id, as C-101");
const readOnly = { readOnlyHint: true, openWorldHint: false } as const;

function make(): McpServer {
  const server = new McpServer({ name: "crm", version: "1.0.0" }, { instructions: "Customers and their contacts. Ids look like C-101." });
  server.registerTool(
    "search",
    {
      title: "Search customers",
      description: "Finds customers by name, contact or mail address.",
      inputSchema: z.object({ text: z.string().min(1) }),
      annotations: readOnly,
    },
    ({ text }) => {
      const found = matching([...customers.values()], text, ({ id, name, contact, email }) => `${id} ${name} ${contact} ${email}`);
      if (found.length === 0) return answer(`No customer matches "${text}".`);
      return answer(found.map(({ id, name, plan, contact }) => `${id} ${name} (plan ${plan}), contact ${contact}`).join("\n"));
    },
  );
  server.registerTool(
    "get",
    { title: "Get a customer", description: "Everything known of one customer.", inputSchema: z.object({ id: ID }), annotations: readOnly },
    ({ id }) => {
      const found = customers.get(id);
      return found === undefined ? unknown(id) : answer(JSON.stringify(found, null, 2), { ...found });
    },
  );
  server.registerTool(
    "add_note",
    {
      title: "Add a note",
      description: "Writes a note into a customer's record.",
      inputSchema: z.object({ id: ID, note: z.string().min(1) }),
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    },
    ({ id, note }) => {
      const found = customers.get(id);
      if (found === undefined) return unknown(id);
      found.notes.push(note);
      return answer(`${found.name} has ${found.notes.length} ${found.notes.length === 1 ? "note" : "notes"} now.`);
    },
  );
  server.registerTool(
    "delete",
    {
      title: "Delete a customer",
      description: "Deletes a customer for good.",
      inputSchema: z.object({ id: ID }),
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
    },
    ({ id }) => (customers.delete(id) ? answer(`${id} is deleted.`) : unknown(id)),
  );
  return server;
}

function unknown(id: string): ReturnType<typeof failure> {
  return failure(`There is no customer ${id}. Find the id with search first.`);
}

await serve(make);
