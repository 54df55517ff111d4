// graphql-js on the documents of bench/micro/validate.c: one JSON row {workload, median, spread} each, in us of CPU
// time for a document. usage: NODE_PATH=<folder with the packages> node validate.cjs FILE...
//   FILE is <workload>.graphql, its documents divided by lines of "#---"; <workload>.schema names the SDL
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('fs');
const path = require('path');
const { buildSchema, parse, validate } = require('graphql-17');

const quick = !!process.env.BENCH_QUICK;
const cpuMs = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

function measure(work) {
  const warm = cpuMs() + 1500; // in quick runs too: code that is not compiled yet would flatter the other side
  let runs = 0;
  const from = cpuMs();
  while (cpuMs() < warm || runs < 3) { work(); runs++; }
  const batch = Math.max(1, Math.round(20 / ((cpuMs() - from) / runs)));
  const samples = [];
  for (let i = 0; i < (quick ? 7 : 31); i++) {
    const start = cpuMs();
    for (let k = 0; k < batch; k++) work();
    samples.push((cpuMs() - start) / batch);
  }
  return samples.sort((a, b) => a - b);
}

for (const file of process.argv.slice(2)) {
  const sdl = fs.readFileSync(fs.readFileSync(file.replace(/\.graphql$/, '.schema'), 'utf8'), 'utf8');
  const schema = buildSchema(sdl, { assumeValid: true });
  const documents = fs.readFileSync(file, 'utf8').split('\n#---\n').map((text) => parse(text));
  const ms = measure(() => {
    for (const document of documents) {
      const errors = validate(schema, document);
      if (errors.length) throw new Error(`${file}: ${errors[0].message}`);
    }
  });
  const us = (x) => (x * 1000) / documents.length;
  const row = { median: us(quantile(ms, 0.5)), spread: us(quantile(ms, 0.75) - quantile(ms, 0.25)) };
  console.log(JSON.stringify({ workload: path.basename(file, '.graphql'), ...row }));
}
