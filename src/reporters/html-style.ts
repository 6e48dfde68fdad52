// The style of the `html` page: readable in light and dark, on a phone and on paper. A function, so that nothing is made before it is asked for.

export const style = (): string => `
:root { color-scheme: light dark; --error: light-dark(#b3261e, #ff8a80); --warning: light-dark(#8a5a00, #ffc35c); --info: light-dark(#0b5cad, #82b7ff); --line: light-dark(#d8dde3, #3a4048); --code: light-dark(#f5f7f9, #1d2127); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 0 auto; padding: 1rem; background: light-dark(#fff, #14171b); color: light-dark(#1b1f24, #dfe3e8); }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font: 600 1.05rem/1.4 ui-monospace, monospace; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
fieldset { border: 1px solid var(--line); border-radius: .4rem; margin: .75rem 0 0; display: inline-flex; flex-wrap: wrap; gap: 1.25rem; }
article { border-left: .25rem solid var(--line); padding: .25rem 0 .25rem .9rem; margin: 1rem 0; }
.error { border-color: var(--error); } .error strong { color: var(--error); }
.warning { border-color: var(--warning); } .warning strong { color: var(--warning); }
.info { border-color: var(--info); } .info strong { color: var(--info); }
.place, .evidence, .fix, footer { opacity: .85; }
.below { list-style: none; }
code { font: .9em ui-monospace, monospace; }
pre { font: .875rem/1.45 ui-monospace, monospace; background: var(--code); border-radius: .4rem; padding: .6rem .8rem; margin: .5rem 0; overflow-x: auto; }
a { color: inherit; }
footer { margin-top: 2.5rem; font-size: .875rem; }
body:has(#show-error:not(:checked)) .error, body:has(#show-warning:not(:checked)) .warning, body:has(#show-info:not(:checked)) .info { display: none; }
@media print { fieldset { display: none; } article { break-inside: avoid; } pre { white-space: pre-wrap; } }
`
