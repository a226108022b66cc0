export { ToolyardError, type ErrorCode } from "./base/errors.ts";
export type { LogFields, Logger } from "./base/log.ts";
export type { LocalContext, LocalTool } from "./config/config.ts";
export type { ConfigInput, ServerInput } from "./config/input.ts";
export { openToolyard, type GatewayInput, type OpenOptions } from "./open.ts";
export type { ServerStatus } from "./status.ts";
export type { Readiness, Toolyard, ToolyardEvents, ViewRules } from "./toolyard.ts";
export type { CallOptions, Handlers, Missing, QuestionContext, ToolDefinition, ToolHit, ToolResult, View, Why } from "./view.ts";
