using System.Globalization;
using System.Net;

namespace R1Reward.Actors.Runs.Record;

/// <summary>How report.html writes texts and numbers, and its style sheet.</summary>
internal static class ReportText
{
    /// <summary>The style sheet: light and dark, no outside files.</summary>
    public const string Style =
        """
        :root{color-scheme:light dark;--line:#2463a8;--muted:#777;--right:#2e8b57;--wrong:#c0392b;--edge:#8884}
        body{font:15px/1.5 system-ui,sans-serif;margin:0}main{max-width:1150px;margin:auto;padding:24px}
        h1{margin:0}.muted{color:var(--muted);font-size:13px}table{border-collapse:collapse;margin:12px 0}
        th,td{padding:4px 14px 4px 0;text-align:right;border-bottom:1px solid var(--edge)}
        th:first-child{text-align:left}
        .grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:16px}
        figure{margin:0}figcaption{font-size:13px}svg{width:100%;height:auto}svg text{font-size:10px;fill:var(--muted)}
        .axis{stroke:var(--edge);fill:none}polyline{fill:none;stroke:var(--line);stroke-width:1.6}
        article{border-left:4px solid var(--right);padding:2px 14px;margin:14px 0}
        article.wrong{border-color:var(--wrong)}
        article h3{margin:0;font-size:13px;color:var(--muted)}article p{margin:6px 0}
        pre{white-space:pre-wrap;margin:6px 0;font-size:13px}
        """;

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
