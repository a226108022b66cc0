"""An MCP server that, before each answer, writes BYTES to stderr as a plain program does: it blocks until someone reads.

python3 blocking.py [BYTES [LINE]]    LINE: bytes between newlines, 0 for none; one tool: echo {text}
"""

import json
import sys

size = int(sys.argv[1]) if len(sys.argv) > 1 else 0
line = int(sys.argv[2]) if len(sys.argv) > 2 else 80
noise = "e" * size if line == 0 else ("e" * (line - 1) + "\n") * (size // line)
tool = {"name": "echo", "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}}}


def answer(method, params):
    if method == "initialize":
        info = {"name": "blocking", "version": "1.0.0"}
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": info}
    if method == "tools/list":
        return {"tools": [tool]}
    if method == "tools/call":
        return {"content": [{"type": "text", "text": params["arguments"]["text"]}]}
    return {} if method == "ping" else None


for request in map(json.loads, sys.stdin):
    if "id" not in request or "method" not in request:
        continue
    sys.stderr.write(noise)
    sys.stderr.flush()
    result = answer(request["method"], request.get("params", {}))
    failure = {"error": {"code": -32601, "message": "Method not found"}}
    rest = failure if result is None else {"result": result}
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], **rest}), flush=True)
