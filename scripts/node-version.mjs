// Says what to do when a script would run on a Node that is too old. Plain JavaScript of 2022: it must run there itself.

const oldest = [22, 22];

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  process.stderr.write(
    `Toolyard needs Node ${oldest.join(".")} or newer, and this is ${process.version}.\n` +
      "This repository brings its own Node 24: run `npm ci` (without --ignore-scripts, and without --omit=dev),\n" +
      "then go through npm, which finds it: `npm test`, `npm start`, `npx node …`.\n",
  );
  process.exitCode = 1;
}
