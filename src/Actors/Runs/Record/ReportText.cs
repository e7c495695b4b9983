using System.Globalization;
using System.Net;
using System.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>How report.html writes texts and numbers, and its style sheet.</summary>
internal static class ReportText
{
    /// <summary>The style sheet: light and dark, no outside files.</summary>
    public const string Style =
        """
        :root{color-scheme:light dark;--muted:#6b6b6b;--right:#2e8b57;--wrong:#c0392b;--edge:#8884}
        .c0{--c:#2463a8}.c1{--c:#c2571a}.c2{--c:#2e8b57}.c3{--c:#8e44ad}.c4{--c:#967000}.c5{--c:#c0392b}
        @media(prefers-color-scheme:dark){:root{--muted:#a5a5a5}.c0{--c:#6ea8e6}.c1{--c:#f0955a}.c2{--c:#5fc98f}
        .c3{--c:#c48be0}.c4{--c:#d9b341}.c5{--c:#ef7d72}}
        body{font:15px/1.5 system-ui,sans-serif;margin:0}main{max-width:1150px;margin:auto;padding:16px}
        h1{margin:0}.muted{color:var(--muted);font-size:13px}.warning{font-weight:bold}
        table{border-collapse:collapse;margin:12px 0}
        th,td{padding:4px 14px 4px 0;text-align:right;border-bottom:1px solid var(--edge)}
        th:first-child{text-align:left}td,.scroll th{white-space:nowrap}
        .grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(330px,100%),1fr));gap:16px}
        figure{margin:0}figcaption{font-size:13px}svg{width:100%;height:auto}svg text{font-size:10px;fill:var(--muted)}
        .axis{stroke:var(--edge);fill:none}polyline{fill:none;stroke:var(--c);stroke-width:1.6;stroke-linejoin:round}
        polyline.dashed{stroke-dasharray:5 4}circle,rect{fill:var(--c)}rect{fill-opacity:.75}
        .line{stroke:var(--muted);fill:none;stroke-dasharray:3 3}.scroll{overflow-x:auto}.wide{max-width:560px}
        .key{display:inline-block;margin:0 6px 0 4px;white-space:nowrap}
        .key::before{content:"";display:inline-block;width:14px;margin-right:4px;vertical-align:middle;
        border-top:3px solid var(--c)}.key.dashed::before{border-top-style:dashed}
        article{border-left:4px solid var(--right);padding:2px 14px;margin:14px 0}
        article.wrong{border-color:var(--wrong)}
        article h3{margin:0;font-size:13px;color:var(--muted)}article p{margin:6px 0}
        pre{white-space:pre-wrap;margin:6px 0;font-size:13px}
        """;

    /// <summary>How many colours the style sheet has for lines.</summary>
    public const int Colours = 6;

    /// <summary>Begins a page, up to where its contents begin.</summary>
    public static void AppendHead(StringBuilder html, string? title) => html
        .Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">")
        .Append("<meta name=\"viewport\" content=\"width=device-width\">")
        .Append("<title>").Append(Escape(title)).Append(" · R1Reward</title>")
        .Append("<style>").Append(Style).Append("</style><main>");

    /// <summary>
    /// A text in which nothing is read as markup: questions, responses and replies come from outside.
    /// </summary>
    public static string Escape(string? text) => WebUtility.HtmlEncode(text ?? "");

    /// <summary>Three decimals, fewer for large numbers.</summary>
    public static string Number(double value)
    {
        var format = Math.Abs(value) is >= 100 or 0 ? "0" : "0.###";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
