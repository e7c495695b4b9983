using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization.Jinja;

namespace R1Reward.Policy.Tokenization.Chat;

/// <summary>
/// Prompt templates of one's own: plain text with <c>{question}</c>, <c>{response1}</c> and <c>{response2}</c>, or, in
/// a file that ends with <c>.jinja</c>, a Jinja template with variables of these names. What it makes is the user's
/// turn; the checkpoint's chat template goes around it.
/// </summary>
public static class OwnTemplate
{
    private const long MaxBytes = 1 << 20;

    /// <summary>The built-in template of a name, or the one in a file.</summary>
    /// <exception cref="UserErrorException">It is neither, or the file is no template.</exception>
    public static PromptTemplate Find(string nameOrFile)
    {
        if (PromptTemplate.All.FirstOrDefault(template => template.Id == nameOrFile) is { } builtIn)
        {
            return builtIn;
        }

        return File.Exists(nameOrFile)
            ? Create(Path.GetFileName(nameOrFile), RegularFile.ReadText(nameOrFile, MaxBytes))
            : PromptTemplate.Get(nameOrFile);
    }

    /// <summary>Makes a template from the text of its file.</summary>
    /// <param name="name">Name of the file; its ending says how the text is read.</param>
    /// <param name="source">The text.</param>
    /// <exception cref="UserErrorException">It is no template.</exception>
    public static PromptTemplate Create(string name, string source)
    {
        var text = source.ReplaceLineEndings("\n").TrimEnd('\n');
        if (!name.EndsWith(".jinja", StringComparison.Ordinal))
        {
            return PromptTemplate.FromText(name, text);
        }

        var jinja = JinjaTemplate.Parse(text, name);
        var shown = string.Concat(Fill("{question}", "{response1}", "{response2}").Select(part => part.Text));
        return PromptTemplate.FromText(name, shown, text, Fill);

        IReadOnlyList<TextPart> Fill(string question, string response1, string response2)
        {
            var filled = jinja.Render(
                new Dictionary<string, object?>
                {
                    ["question"] = MarkedText.Untrusted(question),
                    ["response1"] = MarkedText.Untrusted(response1),
                    ["response2"] = MarkedText.Untrusted(response2),
                },
                TimeProvider.System);
            return
            [
                .. filled.Runs().Select(run => new TextPart(
                    filled.Value[run.Start..run.End], IsTrusted: !filled.IsUntrusted(run.Start, run.End))),
            ];
        }
    }
}
