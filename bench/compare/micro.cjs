// graphql-js on the texts of bench/micro: one JSON row {workload, median, spread, note?} for each file, in the bench's unit.
// usage: NODE_PATH=<folder with the packages> node micro.cjs parse|validate|schema FILE...     FILE is <workload>.graphql
//   parse     MB/s of text
//   validate  us for a document; documents are divided by lines of "#---"; <workload>.schema names the SDL
//   schema    ms from SDL to a schema that is ready to execute, checked; where the newest rules forbid it, unchecked
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('fs');
const path = require('path');
const { buildSchema, parse, validate, assertValidSchema } = require('graphql-17');
const { measure } = require('./measure.cjs');

async function parsing(file) {
  const text = fs.readFileSync(file, 'utf8');
  const ms = await measure(() => void parse(text));
  const median = Buffer.byteLength(text) / 1000 / ms.median;
  return { median, spread: (median * ms.spread) / ms.median };
}

async function validation(file) {
  const sdl = fs.readFileSync(fs.readFileSync(file.replace(/\.graphql$/, '.schema'), 'utf8'), 'utf8');
  const schema = buildSchema(sdl, { assumeValid: true });
  const documents = fs.readFileSync(file, 'utf8').split('\n#---\n').map((text) => parse(text));
  const ms = await measure(() => {
    for (const document of documents) {
      const errors = validate(schema, document);
      if (errors.length) throw new Error(`${file}: ${errors[0].message}`);
    }
  });
  return { median: (ms.median * 1000) / documents.length, spread: (ms.spread * 1000) / documents.length };
}

async function building(file) {
  const text = fs.readFileSync(file, 'utf8');
  const checked = () => assertValidSchema(buildSchema(text));
  const unchecked = () => void buildSchema(text, { assumeValid: true, assumeValidSDL: true });
  try {
    checked();
    return measure(checked);
  } catch {
    return { ...(await measure(unchecked)), note: 'unchecked' };
  }
}

async function main() {
  const [, , what, ...files] = process.argv;
  for (const file of files) {
    const row = await { parse: parsing, validate: validation, schema: building }[what](file);
    console.log(JSON.stringify({ workload: path.basename(file, '.graphql'), ...row }));
  }
}
main();
