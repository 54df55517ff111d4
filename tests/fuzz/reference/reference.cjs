// graphql-js behind the protocol of the conformance adapter: one JSON request a line in, one JSON answer a line out.
// usage: NODE_PATH=<folder with the packages> node reference.cjs
//   parse {source}   strip {source}   ast {source}   sdl {sdl}   introspect {sdl, query}   diff {before, after}
//   validate {schema, document}   execute {schema, query, variables_json, operationName?, root_json}
// Data of execute: a tree keyed by field names; {"$error": "words"} is a field that fails, "__typename" names a type.
// SPDX-License-Identifier: Apache-2.0
'use strict';
const g = require('graphql-17');
const { validateSDL } = require(require.resolve('graphql-17').replace(/index\.\w+$/, 'validation/validate.js'));

const plain = (value) => JSON.parse(JSON.stringify(value));
const strict = { allowEmptySelectionSets: false }; // the specification allows none
const fragmentArguments = { ...strict, experimentalFragmentArguments: true };
const schemas = new Map(); // of the last few texts: the requests of a pair share theirs

function schemaOf(sdl) {
  if (!schemas.has(sdl)) {
    if (schemas.size >= 8) schemas.clear();
    const schema = g.buildSchema(sdl);
    g.assertValidSchema(schema);
    schemas.set(sdl, schema);
  }
  return schemas.get(sdl);
}

function told(error) {
  const { message, locations, path } = error;
  return plain({ message, locations, path });
}

function attempt(work, name) { // {[name]: what work gives} or {error}
  try {
    return { [name]: work() };
  } catch (error) {
    return { error: told(error) };
  }
}

function sdl(request) {
  let document;
  try {
    document = g.parse(request.sdl, strict);
  } catch (error) {
    return { stage: 'parse', errors: [told(error)] };
  }
  let errors = validateSDL(document);
  if (errors.length) return { stage: 'sdl', errors: errors.map(told) };
  let schema;
  try { // values of enums are built when they are first looked at
    schema = g.buildASTSchema(document, { assumeValidSDL: true });
    errors = g.validateSchema(schema);
  } catch (error) {
    if (!(error instanceof g.GraphQLError)) throw error;
    return { stage: 'build', errors: [told(error)] };
  }
  if (errors.length) return { stage: 'type', errors: errors.map(told) };
  return { stage: 'ok', printed: g.printSchema(schema) };
}

function tree(value) { // {"$error"} becomes an Error
  if (Array.isArray(value)) return value.map(tree);
  if (!value || typeof value !== 'object') return value;
  if ('$error' in value) return new Error(value.$error);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, tree(item)]));
}

function execute(request) {
  const schema = schemaOf(request.schema);
  let document;
  try {
    document = g.parse(request.query, strict);
  } catch (error) {
    return { response: { errors: [told(error)] } };
  }
  const invalid = g.validate(schema, document);
  if (invalid.length) return { response: { errors: invalid.map(told) } };
  const args = {};
  const keys = (path) => (path ? [...keys(path.prev), path.key] : []);
  const response = g.executeSync({
    schema,
    document,
    rootValue: tree(JSON.parse(request.root_json)),
    variableValues: JSON.parse(request.variables_json),
    operationName: request.operationName,
    typeResolver: (value) => (value && typeof value.__typename === 'string' ? value.__typename : undefined),
    fieldResolver(source, given, context, info) {
      if (Object.keys(given).length) args[keys(info.path).join('.')] = plain(given);
      const value = Object.hasOwn(Object(source), info.fieldName) ? source[info.fieldName] : null;
      if (value instanceof Error) throw value;
      return value;
    },
  });
  const answer = { data: response.data, errors: response.errors && response.errors.map(told) };
  return { response: plain(answer), args };
}

function changes(found) {
  return found.map(({ type, description }) => ({ type, description }));
}

const operations = {
  parse: ({ source }) => {
    const r = attempt(() => g.print(g.parse(source, strict)), 'printed');
    return { ok: !r.error, ...r };
  },
  strip: ({ source }) => attempt(() => g.stripIgnoredCharacters(source), 'stripped'),
  ast: ({ source }) => attempt(() => plain(g.parse(source, strict)), 'ast'),
  sdl,
  introspect: (r) => ({ introspection: plain(g.executeSync({ schema: schemaOf(r.sdl), document: g.parse(r.query) })).data }),
  diff({ before, after }) {
    const [a, b] = [schemaOf(before), schemaOf(after)];
    return { breaking: changes(g.findBreakingChanges(a, b)), dangerous: changes(g.findDangerousChanges(a, b)) };
  },
  validate({ schema, document }) {
    const s = schemaOf(schema);
    try {
      return { errors: g.validate(s, g.parse(document, fragmentArguments)).map(told) };
    } catch (error) {
      return { errors: [told(error)], failed_before: true };
    }
  },
  execute,
};

function answer(line) {
  try {
    const request = JSON.parse(line);
    return operations[request.op](request);
  } catch (error) {
    return { threw: String(error && error.stack) };
  }
}

require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(JSON.stringify(answer(line)) + '\n');
});
