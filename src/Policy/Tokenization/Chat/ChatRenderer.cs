using R1Reward.Data;
using R1Reward.Policy.Tokenization.Files;
using R1Reward.Policy.Tokenization.Jinja;

namespace R1Reward.Policy.Tokenization.Chat;

/// <summary>
/// Renders conversations to text by a checkpoint's template, with what Hugging Face's <c>apply_chat_template</c> does
/// to the messages beforehand.
/// </summary>
/// <param name="template">The template.</param>
/// <param name="specialTokens">Control tokens by name (<c>eos_token</c>), which templates see as variables.</param>
/// <param name="time">What templates read the date from.</param>
internal sealed class ChatRenderer(
    JinjaTemplate template,
    IReadOnlyDictionary<string, string> specialTokens,
    TimeProvider time)
{
    private const string Reasoning = "reasoning_content";

    // The blank at the end shows whether the template trims what it prints.
    private const string EndMark = "<<the final message goes on here>> ";

    private static readonly string[] _reasoningNames = [Reasoning, "thinking", "reasoning"];

    /// <summary>A renderer by the chat template of a tokenizer's folder.</summary>
    /// <exception cref="UserErrorException">There is no template, or it cannot be read.</exception>
    public static ChatRenderer Load(TokenizerConfig config, TimeProvider time)
    {
        var (source, path) = config.ChatTemplate() ?? throw new UserErrorException(
            $"Chat template: {config.Folder} has none; add a chat_template.jinja, "
            + "or use the chat variant of the model.");
        var renderer = new ChatRenderer(JinjaTemplate.Parse(source, path), config.SpecialTokens, time);
        return renderer.Shows("question") ? renderer : throw new UserErrorException(
            $"Chat template: {path} leaves out what the user says; use the published file.");
    }

    /// <summary>
    /// The text of a conversation. What messages, tools and variables bring is untrusted as they mark it.
    /// </summary>
    /// <exception cref="UserErrorException">There are no messages, or the template refuses them.</exception>
    public MarkedText Render(ChatRequest request)
    {
        if (request.Messages.Count == 0)
        {
            throw new UserErrorException("Chat template: the conversation has no messages; it needs one.");
        }

        if (request is { ContinueFinalMessage: true, AddGenerationPrompt: true })
        {
            throw new UserErrorException(
                "Chat template: either the final message goes on or a new one begins; ask for one of them.");
        }

        var messages = request.Messages.Select(Prepared).ToList();
        if (request.ContinueFinalMessage)
        {
            messages[^1] = Marked(messages[^1]);
        }

        var rendered = template.Render(Variables(request, messages), time);
        return request.ContinueFinalMessage ? CutAtMark(rendered) : rendered;
    }

    // Mistakes that only carrying it out shows are found when a template is read, and not in the middle of a run.
    private bool Shows(string question)
    {
        var asked = new JinjaMapping
        {
            ["role"] = MarkedText.Trusted("user"),
            ["content"] = MarkedText.Untrusted(question),
        };
        var rendered = Render(new ChatRequest { Messages = [asked], AddGenerationPrompt = true });
        return rendered.Value.Contains(question, StringComparison.Ordinal);
    }

    private Dictionary<string, object?> Variables(ChatRequest request, List<JinjaMapping> messages)
    {
        var variables = specialTokens
            .ToDictionary(token => token.Key, token => (object?)MarkedText.Trusted(token.Value));
        foreach (var (name, value) in request.Variables)
        {
            variables[name] = value;
        }

        variables["messages"] = new JinjaList(messages);
        variables["tools"] = request.Tools;
        variables["documents"] = null;
        variables["add_generation_prompt"] = request.AddGenerationPrompt;
        return variables;
    }

    // Keys without a value are left out; reasoning goes by one name.
    private static JinjaMapping Prepared(JinjaMapping message)
    {
        var prepared = message.Where(entry => entry.Value is not null);
        foreach (var name in _reasoningNames)
        {
            if (prepared.TryGet(name, out var reasoning))
            {
                prepared[Reasoning] = reasoning;
                break;
            }
        }

        return prepared;
    }

    private static JinjaMapping Marked(JinjaMapping message)
    {
        message.TryGet("content", out var content);
        message["content"] = content switch
        {
            MarkedText text => WithMark(text),
            JinjaList parts when parts.Items.LastOrDefault(IsText) is JinjaMapping last =>
                new JinjaList(
                    [.. parts.Items.Select(part => ReferenceEquals(part, last) ? WithMarkedText(last) : part)]),
            _ => throw new UserErrorException("Chat template: the final message has no text to go on with."),
        };
        return message;
    }

    private static bool IsText(object? part) =>
        part is JinjaMapping mapping && mapping.TryGet("text", out var text) && text is MarkedText;

    private static JinjaMapping WithMarkedText(JinjaMapping part)
    {
        var marked = part.Where(_ => true);
        part.TryGet("text", out var text);
        marked["text"] = WithMark((MarkedText)text!);
        return marked;
    }

    private static MarkedText WithMark(MarkedText text) => MarkedText.Concat([text, MarkedText.Trusted(EndMark)]);

    private static MarkedText CutAtMark(MarkedText rendered)
    {
        var at = rendered.Value.LastIndexOf(EndMark.TrimEnd(), StringComparison.Ordinal);
        if (at < 0)
        {
            throw new UserErrorException(
                "Chat template: it leaves the final message out, so the message cannot go on.");
        }

        var isTrimmed = string.CompareOrdinal(rendered.Value, at, EndMark, 0, EndMark.Length) != 0;
        return isTrimmed ? TextMethods.Strip(rendered[..at], null, start: false) : rendered[..at];
    }
}
