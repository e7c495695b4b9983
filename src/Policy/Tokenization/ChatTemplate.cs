using R1Reward.Data;
using R1Reward.Data.Prompts;

namespace R1Reward.Policy.Tokenization;

/// <summary>
/// Renders conversations to token ids in ChatML, as the Qwen families do. Unlike the published templates it adds no system
/// turn of its own, and control tokens written inside messages stay plain text unless asked otherwise (decision D26).
/// </summary>
public sealed class ChatTemplate
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _trustsContent;
    private readonly int _turnStart;
    private readonly int _turnEnd;

    /// <summary>A template over a chat vocabulary.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="trustsContent">Let control tokens inside messages become control tokens, as the published templates do.</param>
    /// <exception cref="UserErrorException">The vocabulary has no turn markers.</exception>
    public ChatTemplate(Tokenizer tokenizer, bool trustsContent = false)
    {
        _tokenizer = tokenizer;
        _trustsContent = trustsContent;
        _turnStart = Control("<|im_start|>");
        _turnEnd = Control("<|im_end|>");
    }

    /// <summary>The ids of a conversation.</summary>
    /// <param name="messages">The turns in order; media stand before their turn's text.</param>
    /// <param name="addGenerationPrompt">Open the assistant's turn at the end.</param>
    /// <exception cref="UserErrorException">A turn has media that the vocabulary cannot write.</exception>
    public int[] Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true)
    {
        var ids = new List<int>();
        foreach (var message in messages)
        {
            ids.Add(_turnStart);
            AddBody(ids, message);
            ids.Add(_turnEnd);
            ids.AddRange(_tokenizer.EncodePlain("\n"));
        }

        if (addGenerationPrompt)
        {
            ids.Add(_turnStart);
            ids.AddRange(_tokenizer.EncodePlain("assistant\n"));
        }

        return [.. ids];
    }

    /// <summary>The ids that a model is taught to write after the generation prompt: the text and the end of the turn.</summary>
    public int[] EncodeReply(string text) => [.. Content(text), _turnEnd];

    private void AddBody(List<int> ids, ChatMessage message)
    {
        var opening = message.Role + "\n";
        if (message.Media.Count == 0)
        {
            // Encoded as one text, as the published tokenizers see it: a line break that opens the content joins the role's.
            ids.AddRange(Content(opening + message.Content));
            return;
        }

        ids.AddRange(_tokenizer.EncodePlain(opening));
        foreach (var item in message.Media)
        {
            ids.AddRange([Control("<|vision_start|>"), Control(Placeholder(item.Kind)), Control("<|vision_end|>")]);
        }

        ids.AddRange(Content(message.Content));
    }

    private int[] Content(string text) => _trustsContent ? _tokenizer.Encode(text) : _tokenizer.EncodeUntrusted(text);

    private static string Placeholder(MediaKind kind) => kind switch
    {
        MediaKind.Image => "<|image_pad|>",
        MediaKind.Video => "<|video_pad|>",
        _ => throw new UserErrorException($"Chat template: {kind} items have no place in this chat format; image and video items do."),
    };

    private int Control(string token) => _tokenizer.IdOf(token)
        ?? throw new UserErrorException($"Chat template: the tokenizer has no token {token}; a chat model of the Qwen families is needed.");
}
