// What `heroku local` makes of .env texts: `node oracle.js PACKAGE < texts.json`, where PACKAGE is
// the folder of an installed @heroku/foreman and texts.json an array of strings. Prints an array
// of objects, null where it crashes.
const { readFileSync } = require("fs");
const { keyValue, flattenJSON } = require(process.argv[2] + "/lib/envs.js");

function answer(text) {
  let env;
  try {
    try { env = flattenJSON(JSON.parse(text)); } catch { env = keyValue(text); }
  } catch { return null; }
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(answer)));
