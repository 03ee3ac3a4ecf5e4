/** What the live page has beside the report's own look. */
export const LIVE_STYLE = `
.live{max-width:88rem}
.live .bar{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}
.live .verdict{flex:1 1 20rem;margin:0;display:flex;gap:.25rem .75rem}
.verdict-live{color:var(--ok)}
.elapsed{margin-left:auto;font-variant-numeric:tabular-nums}
.stop{margin:0}
.stop button{font:inherit;padding:.4rem .9rem;color:var(--ink);background:var(--card);
border:1px solid var(--soft);border-radius:.25rem;cursor:pointer}
.stop button:disabled{color:var(--soft);cursor:default}
.stop .danger{color:var(--bad);border-color:var(--bad);font-weight:600}
.stop button:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.lost{color:var(--bad);font-weight:600}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem;margin:1rem 0}
.fact{background:var(--card);border:1px solid var(--rule);border-left:.375rem solid var(--good);
border-radius:.25rem;padding:.5rem .75rem}
.fact.bad{border-left-color:var(--bad)}
.fact dt{color:var(--soft);font-size:.8125rem}
.fact dd{margin:0;font-size:1.125rem;font-weight:600;font-variant-numeric:tabular-nums}
.fact small{display:block;font-weight:400}
.columns{display:grid;grid-template-columns:minmax(0,1fr);gap:0 2.5rem}
.cards{list-style:none;margin:.5rem 0;padding:0;display:grid;
grid-template-columns:repeat(auto-fill,minmax(8.75rem,1fr));gap:.75rem}
.card{background:var(--card);border:1px solid var(--rule);border-top:.375rem solid var(--rule);
border-radius:.25rem;padding:.375rem .625rem}
.card p{margin:0}
.card .state{font-weight:600}
.card.look-good{border-top-color:var(--good)}
.card.look-good .state{color:var(--good)}
.card.look-bad,.card.look-ill{border-top-color:var(--bad)}
.card.look-bad .state,.card.look-ill .state{color:var(--bad)}
.card.look-ill{border-top-style:dashed}
.card.look-busy{border-top-color:var(--ok)}
.card.is-gone{border-style:dashed}
.canvas{min-height:176px;margin-top:.25rem}
.live .plot{margin-left:60px;margin-right:16px}
.live .strip p{margin-left:60px}
.scroll{max-height:34rem;overflow-y:auto}
.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.told{list-style:none;margin:0;padding:0}
.told li{padding:.3rem 0;border-bottom:1px solid var(--rule);font-size:.875rem;
display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:0 .75rem}
.told p{margin:0}
.told .when{font-weight:600;font-variant-numeric:tabular-nums}
.told small{display:block;font-weight:400}
@media (max-width:36rem){
.live .verdict{font-size:1.0625rem}
.facts{grid-template-columns:1fr 1fr}
.told li{grid-template-columns:minmax(0,1fr)}
.told .when small{display:inline}}
@media (min-width:64rem){.columns{grid-template-columns:minmax(0,1fr) minmax(0,28rem)}}
`;
