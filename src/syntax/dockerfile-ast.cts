// dockerfile-ast, loaded when it is first asked for. Evaluating it takes 3 ms, and most files are linted without it;
// only a CommonJS module can wait and still answer at once. Bundlers keep it inside the function that needs it.
// No types here: Vite, and so the tests, take a .cts file for JavaScript.

exports.load = () => {
  // Its test for a byte order mark wants Node's Buffer, which browsers do not have.
  require('dockerfile-ast/lib/util').Util.isUTF8BOM = Object.is.bind(null, '\uFEFF')
  return require('dockerfile-ast')
}
