// graphql-js 17, graphql-jit (over graphql 16) on the workloads of bench/requests/exec.c: the same data, queries, bytes.
// Prints one JSON row {workload, mode, median, spread, bytes}, in us of CPU time for one response as JSON text.
// usage: NODE_PATH=<folder with the packages> node exec.cjs ENGINE WORKLOAD MODE FOLDER [SCHEMA]
//   ENGINE   graphql-js | jit | jit-json (its generated JSON writer in place of JSON.stringify)
//   MODE     sync (plain properties) | async (an async function on every field)
//   FOLDER   has WORKLOAD.graphql, receives the response;  SCHEMA: SDL, for introspection
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('fs');
const path = require('path');
const { measure } = require('./measure.cjs');
const [, , engine, workload, mode, folder, schemaFile] = process.argv;
const g = require(engine === 'graphql-js' ? 'graphql-17' : 'graphql');

const SDL = `
type User { id: ID! name: String! email: String! }
type Comment { id: ID! text: String! author: User! }
type Post { id: ID! title: String! body: String! author: User! comments: [Comment!]! }
type Item { id: ID! name: String! price: Float! stock: Int! active: Boolean! }
type Query { posts: [Post!]! items: [Item!]! }`;

function makeWorld() {
  const names = ['Ada Lovelace', 'Grace Hopper', 'Edsger Dijkstra', 'Barbara Liskov', 'Donald Knuth', 'Tony Hoare',
    'John Backus', 'Niklaus Wirth', 'Alan Kay', 'Robin Milner'];
  const users = names.map((name, i) => ({ id: String(i + 1), name, email: `user.${i}@example.com` }));
  const posts = users.map((author, i) => ({
    id: String(i + 1),
    title: `Post title number ${i + 1}`,
    body: `Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor ${i}`,
    author,
    comments: [0, 1, 2, 3, 4].map((k) => ({
      id: String(i * 5 + k + 1),
      text: `Comment ${i * 5 + k + 1} says something short and plausible.`,
      author: users[(i + k + 1) % 10],
    })),
  }));
  const items = Array.from({ length: 10000 }, (_, i) =>
    ({ id: String(i), name: `Item ${i}`, price: i * 1.25 + 0.5, stock: (i * 7919) % 1000, active: i % 3 === 0 }));
  return { posts, items };
}

function makeSchema() {
  if (workload === 'intro') return g.buildSchema(fs.readFileSync(schemaFile, 'utf8'), { assumeValid: true });
  const schema = g.buildSchema(SDL);
  if (mode === 'async') {
    for (const type of ['Query', 'Post', 'User', 'Comment', 'Item'])
      for (const field of Object.values(schema.getType(type).getFields())) {
        const name = field.name;
        field.resolve = async (o) => o[name];
      }
  }
  return schema;
}

function makeRun(schema, document, rootValue) {
  if (engine === 'graphql-js') {
    return () => {
      const r = g.execute({ schema, document, rootValue });
      return typeof r.then === 'function' ? r.then(JSON.stringify) : JSON.stringify(r);
    };
  }
  const { compileQuery, isCompiledQuery } = require('graphql-jit');
  const compiled = compileQuery(schema, document, undefined, { customJSONSerializer: engine === 'jit-json' });
  if (!isCompiledQuery(compiled)) throw new Error(JSON.stringify(compiled));
  const write = compiled.stringify;
  return () => {
    const r = compiled.query(rootValue, {}, {});
    return typeof r.then === 'function' ? r.then(write) : write(r);
  };
}

async function main() {
  const document = g.parse(fs.readFileSync(path.join(folder, `${workload}.graphql`), 'utf8'));
  const run = makeRun(makeSchema(), document, makeWorld());
  const response = await run();
  fs.writeFileSync(path.join(folder, `${workload}-${engine}.json`), response);
  const ms = await measure(run);
  const bytes = Buffer.byteLength(response);
  console.log(JSON.stringify({ workload, mode, median: ms.median * 1000, spread: ms.spread * 1000, bytes }));
}
main();
