/** A tool and a prompt that come and go on demand, for every server that stands. */

import type { McpServer, ServerNotifier } from "@modelcontextprotocol/server";
import { text } from "./content.ts";

interface Visitor {
  enable(): void;
  disable(): void;
}

type Kind = "tool" | "prompt";

/** What all sessions and all modern requests share. */
export class Changes {
  readonly #present: Record<Kind, boolean> = { tool: false, prompt: false };
  readonly #visitors: Record<Kind, Set<Visitor>> = { tool: new Set(), prompt: new Set() };
  readonly #listeners: () => ServerNotifier | undefined;

  /** @param listeners of the modern era, who hear of changes by a subscription */
  constructor(listeners: () => ServerNotifier | undefined) {
    this.#listeners = listeners;
  }

  /** Gives a server the visitors, as they are now, and the tools that make them come and go. */
  attach(server: McpServer, era: "legacy" | "modern"): void {
    const tool = server.registerTool("test_visiting_tool", { description: "Comes and goes." }, () => text("Here."));
    const prompt = server.registerPrompt("test_visiting_prompt", { description: "Comes and goes." }, () => ({
      messages: [{ role: "user", content: { type: "text", text: "Here." } }],
    }));
    this.#hold("tool", tool, era);
    this.#hold("prompt", prompt, era);
    for (const kind of ["tool", "prompt"] as const) {
      const description = `Makes a ${kind} come, or go.`;
      server.registerTool(`test_trigger_${kind}_change`, { description }, () => text(this.#toggle(kind)));
    }
    if (era === "legacy") this.#letGo(server, tool, prompt);
  }

  /** A modern server lives for one request: nobody is there to be told later. */
  #hold(kind: Kind, visitor: Visitor, era: "legacy" | "modern"): void {
    if (!this.#present[kind]) visitor.disable();
    if (era === "legacy") this.#visitors[kind].add(visitor);
  }

  #letGo(server: McpServer, tool: Visitor, prompt: Visitor): void {
    const before = server.server.onclose;
    server.server.onclose = () => {
      this.#visitors.tool.delete(tool);
      this.#visitors.prompt.delete(prompt);
      before?.();
    };
  }

  #toggle(kind: Kind): string {
    const present = (this.#present[kind] = !this.#present[kind]);
    for (const visitor of this.#visitors[kind]) visitor[present ? "enable" : "disable"]();
    const listeners = this.#listeners();
    if (kind === "tool") listeners?.toolsChanged();
    else listeners?.promptsChanged();
    return present ? `The ${kind} has come.` : `The ${kind} has gone.`;
  }
}
