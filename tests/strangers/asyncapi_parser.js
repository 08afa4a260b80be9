// Reads AsyncAPI documents with the parser of the AsyncAPI initiative, in the form that it publishes for browsers: one file.
// node asyncapi_parser.js PARSER DOCUMENT...; prints a JSON object: name -> what is wrong with it, by severity (0 error, 1 warning).
globalThis.self = globalThis;
globalThis.window = globalThis;
const { readFileSync } = require("node:fs");
const { basename } = require("node:path");
const [parser, ...documents] = process.argv.slice(2);
const Parser = require(parser);

(async () => {
  const found = {};
  for (const path of documents) {
    const { document, diagnostics } = await new Parser().parse(readFileSync(path, "utf8"));
    const wrong = diagnostics.filter(({ severity }) => severity < 2);
    found[basename(path)] = wrong.map(({ severity, message, path: at }) => `${severity} ${at.join(".")}: ${message}`);
    if (!document && !wrong.length) found[basename(path)].push("no document was made of it");
  }
  console.log(JSON.stringify(found));
})();
