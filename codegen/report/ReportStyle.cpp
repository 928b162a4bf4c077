// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hues are those of Okabe and Ito, "Color universal design" (2008), which
// colour-blind people tell apart; no meaning hangs on a hue alone.

#include "codegen/report/ReportParts.h"

namespace snc {

static const char style[] = R"css(
:root{color-scheme:light dark;--bg:#f7f7f5;--card:#fff;--ink:#1d2430;--faint:#687182;--rule:#e1e4e9;
--line:#98a1b0;--sync:#39455a;--copy:#d55e00;--good:#00744f;--accent:#0072b2;
--all:#8b94a3;--all-f:#eff1f4;--single:#59647a;--single-f:#dfe3ea;--rows:#0072b2;--rows-f:#dcebf6;
--channels:#c98500;--channels-f:#fcefd2;--add:#b0548c;--add-f:#f7e4ef;--paths:#009270;
--paths-f:#d8f0e8}
@media (prefers-color-scheme:dark){:root{--bg:#13161b;--card:#1a1e25;--ink:#e4e7ec;--faint:#98a2b3;
--rule:#2d333d;--line:#697386;--sync:#c4ccd8;--copy:#e8874a;--good:#3ecf9f;--accent:#56b4e9;
--all:#6f7a8c;--all-f:#262c35;--single:#a3adbd;--single-f:#363e4b;--rows:#56b4e9;--rows-f:#15354a;
--channels:#e6a832;--channels-f:#40310f;--add:#d98cba;--add-f:#422339;--paths:#2bbd95;
--paths-f:#113a30}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1000px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:1.1rem;font-weight:600;margin:0;overflow-wrap:anywhere}
h2{font-size:1rem;font-weight:600;margin:0 0 6px}
section{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:18px 20px;
margin-top:18px}
.note{color:var(--faint);margin:0 0 10px;overflow-wrap:anywhere}
.verdict{font-size:1.65rem;line-height:1.3;font-weight:600;letter-spacing:-.01em;
margin:14px 0 4px;padding-left:16px;border-left:4px solid var(--all);overflow-wrap:anywhere}
.verdict::first-letter{text-transform:uppercase}
.verdict.split{border-color:var(--good)}
.choice{display:grid;grid-template-columns:170px 1fr;gap:4px 16px;padding:8px 0;
border-top:1px solid var(--rule)}
.choice:first-of-type{border-top:0}
.who{overflow-wrap:anywhere}
.chosen .who{font-weight:600}
.badge{font-size:.72rem;font-weight:600;color:var(--good);border:1px solid;border-radius:9px;
padding:1px 7px;margin-left:4px;white-space:nowrap}
.bar{display:grid;grid-template-columns:1fr 150px;gap:12px;align-items:center}
.track i{display:block;height:12px;border-radius:3px;min-width:2px}
.measured i{background:var(--all)}
.predicted i{border:1.5px solid var(--all)}
.chosen .measured i{background:var(--good)}
.chosen .predicted i{border-color:var(--good)}
.value{font-variant-numeric:tabular-nums;white-space:nowrap}
small{color:var(--faint);font-size:.8rem}
.scroll{overflow:auto;-webkit-overflow-scrolling:touch}
.tall{max-height:80vh}
.sticky{position:sticky;top:0;width:max-content;background:var(--card)}
.scroll svg{display:block;max-width:none}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 10px;color:var(--faint);font-size:.85rem}
.swatch{display:inline-block;width:13px;height:13px;border-radius:3px;border:1.5px solid var(--s);
background:var(--f);margin-right:6px;vertical-align:-2px}
.syncs{background:var(--sync);border-color:var(--sync)}
.waits{border-color:var(--line);
background:repeating-linear-gradient(135deg,transparent 0 2px,var(--line) 2px 3px)}
.k-all{--s:var(--all);--f:var(--all-f)}
.k-single{--s:var(--single);--f:var(--single-f)}
.k-rows{--s:var(--rows);--f:var(--rows-f)}
.k-channels{--s:var(--channels);--f:var(--channels-f)}
.k-add{--s:var(--add);--f:var(--add-f)}
.k-paths{--s:var(--paths);--f:var(--paths-f)}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
fill:var(--ink)}
svg text.faint,svg text.tick{fill:var(--faint);font-size:11px;font-variant-numeric:tabular-nums}
svg text.label,svg text.lane{font-weight:600}
svg text.share{font-size:11px;font-weight:600}
svg text.copied{font-size:11px;font-weight:600;fill:var(--copy)}
svg text.onsync{font-size:11px;font-weight:600;fill:var(--card)}
svg text{pointer-events:none;white-space:pre}
.box{fill:var(--f);stroke:var(--s);stroke-width:1}
.head{stroke:none}
.bracket{fill:var(--s);stroke:none}
rect.sync{fill:var(--sync)}
rect.copy{fill:var(--copy)}
.copies{background:var(--copy);border-color:var(--copy)}
.flow{stroke:var(--line);stroke-width:1.5;fill:none}
.bus{stroke:var(--line);stroke-width:1;fill:none}
.tip{fill:var(--line)}
.idle{stroke:var(--line);stroke-width:1.5;stroke-dasharray:1 5;stroke-linecap:round}
.grid{stroke:var(--rule)}
rect.wait{fill:url(#hatch);stroke:var(--line);stroke-width:.5}
.hatch{stroke:var(--line);stroke-width:2}
.best{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}
.dot{fill:var(--accent)}
.optimum{stroke:var(--faint);stroke-width:1.5;stroke-dasharray:6 5}
table{border-collapse:collapse;width:100%;font-size:.88rem;white-space:nowrap}
th{position:sticky;top:0;background:var(--card);text-align:left;font-weight:600;color:var(--faint)}
th,td{padding:5px 18px 5px 0;border-bottom:1px solid var(--rule)}
.n{text-align:right;font-variant-numeric:tabular-nums}
details{margin-top:14px}
summary{cursor:pointer;color:var(--faint)}
pre{overflow:auto;max-height:60vh;font-size:.8rem}
@media (max-width:640px){main{padding:18px 12px 40px}section{padding:14px 12px}
.verdict{font-size:1.3rem}.choice{grid-template-columns:1fr}.bar{grid-template-columns:1fr 132px}}
@media print{.scroll,.tall{max-height:none}}
)css";

const char *reportStyle() { return style; }

} // namespace snc
