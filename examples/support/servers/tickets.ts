/** The demo's ticketing server: what customers asked and what was answered. On stdio; its data lives as long as the process. */

import { McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";
import { answer, failure, table } from "../../answer.ts";
import { serve } from "../../serve.ts";
import { matching } from "./matching.ts";

const statuses = ["open", "waiting", "closed"] as const;
const priorities = ["low", "normal", "urgent"] as const;

interface Ticket {
  readonly id: string;
  readonly customer: string;
  readonly subject: string;
  readonly priority: (typeof priorities)[number];
  /** How the ticket came: mail, phone, assistant. */
  readonly source: string;
  readonly messages: string[];
  status: (typeof statuses)[number];
}

const seed: readonly Ticket[] = [
  {
    id: "T-501",
    customer: "C-101",
    subject: "Export of shipments times out",
    priority: "urgent",
    status: "open",
    source: "mail",
    messages: ["Since Monday our export of 80,000 shipments stops after a minute."],
  },
  {
    id: "T-502",
    customer: "C-103",
    subject: "How do I invite a colleague?",
    priority: "low",
    status: "closed",
    source: "mail",
    messages: ["A new dentist joins us and needs an account."],
  },
  {
    id: "T-503",
    customer: "C-105",
    subject: "Single sign-on shows an error",
    priority: "normal",
    status: "waiting",
    source: "mail",
    messages: ["Our issuer is refused. We use OpenID Connect."],
  },
  {
    id: "T-504",
    customer: "C-104",
    subject: "Invoice has the old address",
    priority: "low",
    status: "open",
    source: "mail",
    messages: ["We moved in October."],
  },
  {
    id: "T-505",
    customer: "C-101",
    subject: "API answers 429",
    priority: "normal",
    status: "closed",
    source: "mail",
    messages: ["Our importer is told to slow down."],
  },
];

const tickets = new Map(seed.map((ticket) => [ticket.id, ticket]));

const ID = z.string().describe("A ticket's id, as T-501");
const readOnly = { readOnlyHint: true, openWorldHint: false } as const;
const writing = { readOnlyHint: false, destructiveHint: false, openWorldHint: false } as const;
const list = (found: readonly Ticket[]): string =>
  table(
    ["id", "customer", "status", "priority", "subject"],
    found.map(({ id, customer, status, priority, subject }) => [id, customer, status, priority, subject]),
  );

function make(): McpServer {
  const server = new McpServer(
    { name: "tickets", version: "1.0.0" },
    { instructions: "Support tickets. Ids look like T-501; customers are named by their CRM id." },
  );
  registerReading(server);
  server.registerTool(
    "create",
    {
      title: "Create a ticket",
      description: "Opens a new ticket.",
      inputSchema: z.object({
        customer: z.string().describe("The customer's CRM id, as C-101"),
        subject: z.string().min(1),
        message: z.string().min(1),
        priority: z.enum(priorities).default("normal"),
        source: z.string().describe("How the ticket came: mail, phone, assistant"),
      }),
      annotations: writing,
    },
    ({ message, ...ticket }) => {
      const id = `T-${501 + tickets.size}`;
      tickets.set(id, { ...ticket, id, status: "open", messages: [message] });
      return answer(`Ticket ${id} is open (source ${ticket.source}).`, { id });
    },
  );
  server.registerTool(
    "reply",
    {
      title: "Reply to a ticket",
      description: "Adds an answer to a ticket, which then waits for the customer.",
      inputSchema: z.object({ id: ID, message: z.string().min(1) }),
      annotations: writing,
    },
    ({ id, message }) => {
      const ticket = tickets.get(id);
      if (ticket === undefined) return unknown(id);
      ticket.messages.push(message);
      ticket.status = "waiting";
      return answer(`Sent. ${id} waits for the customer.`);
    },
  );
  return server;
}

function registerReading(server: McpServer): void {
  server.registerTool(
    "search",
    {
      title: "Search tickets",
      description: "Finds tickets by customer id, subject and messages.",
      inputSchema: z.object({ text: z.string().min(1) }),
      annotations: readOnly,
    },
    ({ text }) => {
      const found = matching([...tickets.values()], text, (ticket) => `${ticket.customer} ${ticket.subject} ${ticket.messages.join(" ")}`);
      return answer(found.length === 0 ? `No ticket matches "${text}".` : list(found));
    },
  );
  server.registerTool(
    "get",
    { title: "Get a ticket", description: "One ticket with its messages.", inputSchema: z.object({ id: ID }), annotations: readOnly },
    ({ id }) => {
      const ticket = tickets.get(id);
      return ticket === undefined ? unknown(id) : answer(JSON.stringify(ticket, null, 2), { ...ticket });
    },
  );
  server.registerTool(
    "query",
    {
      title: "Query tickets",
      description: "Lists tickets by status and priority.",
      inputSchema: z.object({ status: z.enum(statuses).optional(), priority: z.enum(priorities).optional() }),
      annotations: readOnly,
    },
    ({ status, priority }) => {
      const wanted = (ticket: Ticket): boolean =>
        (status === undefined || ticket.status === status) && (priority === undefined || ticket.priority === priority);
      const found = [...tickets.values()].filter(wanted);
      return answer(`${list(found)}\n(${found.length} tickets)`, { count: found.length });
    },
  );
}

function unknown(id: string): ReturnType<typeof failure> {
  return failure(`There is no ticket ${id}. Find the id with search first.`);
}

await serve(make);
