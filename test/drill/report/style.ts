/** The whole look, inline: a report is one file. Colours hold WCAG AA in light and in dark. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--ink:#1b1f24;--soft:#525a65;--rule:#c9ced6;--card:#f4f6f8;
--ok:#2f6fd0;--bad:#b42318;--good:#1a6b35;--band:#b4231826;--heal:#1a6b3526;--link:#0b57d0}
@media (prefers-color-scheme:dark){:root{--bg:#14171b;--ink:#e8eaed;--soft:#aab2bd;--rule:#454c56;
--card:#1f242a;--ok:#6ea8fe;--bad:#ff8a80;--good:#7bd88f;--band:#ff8a8033;--heal:#7bd88f2b;--link:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1rem;background:var(--bg);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.25rem;margin:2.25rem 0 .5rem;border-bottom:1px solid var(--rule)}
h3{font-size:1rem;margin:1rem 0 .25rem}
p{margin:.25rem 0}
a{color:var(--link)}
small,.note{color:var(--soft);font-size:.8125rem}
td small,th small{display:block;font-weight:400}
.verdict{font-size:1.25rem;font-weight:700;
padding:.5rem .75rem;border:2px solid;border-left-width:.75rem;border-radius:.25rem}
.verdict-PASS{color:var(--good)}
.verdict-FAIL,.verdict-ABORTED,.broken{color:var(--bad)}
.holds{color:var(--good)}
table{border-collapse:collapse;width:100%;margin:.5rem 0;font-size:.875rem}
caption{text-align:left;color:var(--soft);font-size:.8125rem;padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem .3rem 0;border-bottom:1px solid var(--rule);
font-variant-numeric:tabular-nums}
thead th,.result{overflow-wrap:normal}
.result{white-space:nowrap}
tbody th{font-weight:600}
.timeline tbody th{width:8.5rem}
.also tbody th{width:60%}
.also{margin-top:1.25rem}
figure{margin:1.5rem 0;break-inside:avoid}
.legend{font-size:.8125rem}
.key{display:inline-block;margin-right:1rem}
.key svg{width:24px;height:12px;vertical-align:middle}
.plot{position:relative;margin:.5rem 0 1.5rem 3.75rem;height:9rem}
.plot>svg{display:block;width:100%;height:100%;border-left:1px solid var(--soft);border-bottom:1px solid var(--soft)}
.plot .y span,.plot .x span{position:absolute;font-size:.75rem;line-height:1;color:var(--soft);white-space:nowrap}
.plot .y span{right:calc(100% + .375rem);transform:translateY(50%)}
.plot .x span{top:calc(100% + .25rem);transform:translateX(-50%)}
.plot .y{position:absolute;inset:0}
.strip .plot{height:1.25rem;margin-bottom:.25rem}
.strip .plot>svg{border:0}
.strip p{margin-left:3.75rem}
.line{fill:none;stroke:var(--ink);stroke-width:2;vector-effect:non-scaling-stroke}
.line-dashed{stroke:var(--ok);stroke-dasharray:7 4}
.line-dotted{stroke:var(--bad);stroke-dasharray:2 3}
.grid{stroke:var(--rule);stroke-width:1;vector-effect:non-scaling-stroke}
.bar-ok{fill:var(--ok);opacity:.55}
.bar-failed{fill:url(#hatch-bad);stroke:var(--bad);vector-effect:non-scaling-stroke}
.band-fault{fill:var(--band);stroke:var(--bad);stroke-dasharray:4 3;vector-effect:non-scaling-stroke}
.band-heal{fill:var(--heal);stroke:var(--good);vector-effect:non-scaling-stroke}
[class^=state-]{stroke:var(--ink);stroke-width:1;vector-effect:non-scaling-stroke}
.state-calm{fill:none}
.state-bad{fill:var(--bad)}
.state-busy{fill:url(#hatch-ink)}
.state-good{fill:url(#dots-good)}
.state-ill{fill:url(#hatch-bad)}
.state-gone{fill:var(--rule)}
.lane{margin:.5rem 0}
.lane .plot{height:.875rem}
details{margin:.25rem 0}
summary{cursor:pointer;font-size:.875rem;padding:.25rem 0}
pre{white-space:pre-wrap;background:var(--card);padding:.5rem;border-radius:.25rem;font-size:.8125rem;margin:.25rem 0}
code{background:var(--card);padding:0 .2rem}
.message{background:var(--card);border:1px solid var(--rule);border-radius:.5rem;padding:.5rem .75rem;margin:.75rem 0;
font-size:.9375rem;break-inside:avoid}
.message pre,.message code{background:var(--bg)}
.preview{border-bottom:1px dashed var(--rule);padding-bottom:.375rem;margin-bottom:.375rem}
.block{margin:.5rem 0}
.block-context{color:var(--soft);font-size:.8125rem}
.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.5rem}
.attached{border-left:4px solid var(--rule);padding-left:.75rem}
.button{display:inline-block;border:1px solid var(--soft);border-radius:.25rem;padding:.125rem .625rem}
.mention{background:var(--bg);color:var(--link)}
.defs{position:absolute;width:0;height:0}
@media (max-width:36rem){
body{padding:.75rem}
.strip.lane p{margin-left:0}
.plot,.strip p{margin-left:3.25rem}
.scorecard thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden;white-space:nowrap}
.scorecard tr{display:grid;grid-template-columns:1fr 1fr;border-bottom:1px solid var(--rule);padding:.375rem 0}
.scorecard tbody th{grid-column:1/-1}
.scorecard th,.scorecard td{border:0;padding:.1rem .5rem .1rem 0}
.scorecard td:nth-child(2)::before{content:'limit ';color:var(--soft)}
.scorecard td:nth-child(4)::before{content:'margin ';color:var(--soft)}
.timeline tbody th{width:6.5rem}
}
@media print{
:root{color-scheme:light;--bg:#fff;--ink:#000;--soft:#444;--rule:#bbb;--card:#fff;--ok:#2f6fd0;--bad:#b42318;
--good:#1a6b35;--band:#b4231826;--heal:#1a6b3526;--link:#000}
body{max-width:none;padding:0;font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
details{display:none}
h2,h3{break-after:avoid}
tr{break-inside:avoid}
}
`;
