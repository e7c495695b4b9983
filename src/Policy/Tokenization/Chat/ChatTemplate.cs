using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization.Jinja;

namespace R1Reward.Policy.Tokenization.Chat;

/// <summary>
/// Renders conversations to token ids by the checkpoint's own chat template. Control tokens in untrusted text
/// are read as <see cref="UntrustedText"/> says; each medium becomes one placeholder id, and nothing else does.
/// </summary>
public sealed class ChatTemplate
{
    // Qwen2.5-Omni's tokenizer has names of its own for the first two.
    private static readonly (MediaKind Kind, string Type, string[] Placeholders)[] _media =
    [
        (MediaKind.Image, "image", ["<|image_pad|>", "<|IMAGE|>"]),
        (MediaKind.Video, "video", ["<|video_pad|>", "<|VIDEO|>"]),
        (MediaKind.Audio, "audio", ["<|AUDIO|>"]),
    ];

    private readonly Tokenizer _tokenizer;
    private readonly MarkedTextEncoder _encoder;
    private readonly ChatRenderer _renderer;
    private readonly int _turnEnd;

    /// <summary>Reads the template of a tokenizer's folder.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="untrusted">How control tokens in untrusted text are read.</param>
    /// <param name="time">What templates read the date from; the system's clock if left out.</param>
    /// <exception cref="UserErrorException">The folder has no template, or one that cannot be read.</exception>
    public ChatTemplate(
        Tokenizer tokenizer,
        UntrustedText untrusted = UntrustedText.Sanitized,
        TimeProvider? time = null)
    {
        _tokenizer = tokenizer;
        _encoder = new MarkedTextEncoder(tokenizer, untrusted);
        _renderer = ChatRenderer.Load(tokenizer.Config, time ?? TimeProvider.System);
        _turnEnd = tokenizer.IdOf("<|im_end|>") ?? tokenizer.EosId;
    }

    /// <summary>Texts of the tokens that stand for a medium in a prompt.</summary>
    internal static IEnumerable<string> Placeholders => _media.SelectMany(media => media.Placeholders);

    /// <summary>
    /// The ids of a conversation. Each medium is one placeholder id, in the order of the conversation.
    /// </summary>
    /// <param name="messages">The turns in order.</param>
    /// <param name="addGenerationPrompt">Whether the assistant's turn is opened at the end.</param>
    /// <exception cref="UserErrorException">
    /// The template refuses the conversation or has no place for a medium.
    /// </exception>
    public int[] Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true)
    {
        var ids = _encoder.Encode(_renderer.Render(new ChatRequest
        {
            Messages = [.. messages.Select(Value)],
            AddGenerationPrompt = addGenerationPrompt,
        }));
        foreach (var (kind, type, placeholders) in _media)
        {
            var given = messages.SelectMany(message => message.Media).Count(item => item.Kind == kind);
            int[] known = [.. placeholders.Select(_tokenizer.IdOf).OfType<int>()];
            var placed = ids.Count(known.Contains);
            if (given != placed)
            {
                throw new UserErrorException(
                    $"Chat template: it makes {placed} places for {given} {type} items; "
                    + "use a checkpoint for such media, or leave them out.");
            }
        }

        return ids;
    }

    /// <summary>
    /// The ids that a model is taught to write after the generation prompt: the text and the end of the turn.
    /// </summary>
    public int[] EncodeReply(string text) => [.. _tokenizer.EncodeReply(text), _turnEnd];

    /// <summary>
    /// The ids that the template writes around a reply: those that open the assistant's turn, and those after its end.
    /// </summary>
    /// <example>ChatML: <c>&lt;|im_start|&gt;assistant</c> and a line break; a line break.</example>
    public (int[] Opening, int[] Closing) ReplyFrame()
    {
        var asked = new ChatMessage("user", "question");
        var question = Render([asked], addGenerationPrompt: false);
        var opened = Render([asked]);
        var whole = Render([asked, new ChatMessage("assistant", "answer")], addGenerationPrompt: false);
        var end = Array.LastIndexOf(whole, _turnEnd);
        return (opened[question.Length..], end < 0 ? [] : whole[(end + 1)..]);
    }

    // Text alone is a string, which every template takes; lists of parts only those that know media.
    private static JinjaMapping Value(ChatMessage message) => new()
    {
        ["role"] = MarkedText.Trusted(message.Role),
        ["content"] = message.Media.Any() ? new JinjaList([.. Parts(message.Content)]) : Text(message.Content),
    };

    private static IEnumerable<JinjaMapping> Parts(IEnumerable<ContentPart> content)
    {
        var rest = content.ToList();
        while (rest.Count > 0)
        {
            var texts = rest.TakeWhile(part => part is TextPart).ToList();
            yield return texts.Count > 0
                ? new() { ["type"] = MarkedText.Trusted("text"), ["text"] = Text(texts) }
                : Medium(((MediaPart)rest[0]).Item);
            rest.RemoveRange(0, Math.Max(texts.Count, 1));
        }
    }

    private static JinjaMapping Medium(MediaItem item)
    {
        var type = _media.First(media => media.Kind == item.Kind).Type;
        return new() { ["type"] = MarkedText.Trusted(type), [type] = MarkedText.Untrusted(item.Path) };
    }

    private static MarkedText Text(IEnumerable<ContentPart> parts) => MarkedText.Concat(parts
        .Cast<TextPart>()
        .Select(part => part.IsTrusted ? MarkedText.Trusted(part.Text) : MarkedText.Untrusted(part.Text)));
}
