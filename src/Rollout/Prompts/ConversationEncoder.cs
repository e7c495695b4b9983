using System.Collections.Immutable;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Chat;

namespace R1Reward.Rollout.Prompts;

/// <summary>Writes conversations in a model's tokens, with the media of a model that sees.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="untrusted">How control tokens in questions and responses are read.</param>
/// <param name="media">Loads pictures and videos; null for a model that reads text only.</param>
/// <param name="longest">Maximum of tokens of a conversation; what is longer is a problem of it.</param>
public sealed class ConversationEncoder(
    Tokenizer tokenizer,
    UntrustedText untrusted,
    MediaStore? media = null,
    int longest = int.MaxValue)
{
    private readonly ChatTemplate _chat = new(tokenizer, untrusted);

    /// <summary>Token ids of a reply with the end of its turn.</summary>
    public ImmutableArray<int> EncodeReply(string text) => [.. _chat.EncodeReply(text)];

    /// <summary>The tokens that the model's chat template writes before and after a reply.</summary>
    public (ImmutableArray<int> Opening, ImmutableArray<int> Closing) ReplyFrame()
    {
        var (opening, closing) = _chat.ReplyFrame();
        return ([.. opening], [.. closing]);
    }

    /// <summary>Writes a conversation in the model's tokens.</summary>
    /// <param name="messages">The turns.</param>
    /// <param name="opensReply">Whether the assistant's turn is opened at the end, for a reply to follow.</param>
    /// <param name="cancel">Stops the loading of media.</param>
    public async Task<EncodedPrompt> EncodeAsync(
        IReadOnlyList<ChatMessage> messages,
        bool opensReply,
        CancellationToken cancel = default)
    {
        var items = messages.SelectMany(message => message.Media).ToList();
        var loaded = media is null ? [] : await media.LoadAsync(items, cancel).ConfigureAwait(false);
        foreach (var (index, result) in loaded.Index())
        {
            if (!result.IsReady)
            {
                return new EncodedPrompt([])
                {
                    Media = items,
                    Problem = result.ToString(),
                    Unreadable = (index, result),
                };
            }
        }

        var ids = _chat.Render(messages, opensReply);
        var features = loaded.Select(one => one.Features!).ToList();
        ImmutableArray<int> tokens = media is null
            ? [.. ids]
            : MediaTokens.Expand(ids, features, media.Config, tokenizer.Encode);
        return tokens.Length > longest
            ? new EncodedPrompt([])
            {
                Media = items,
                Problem = $"a prompt of {tokens.Length} tokens, with room for {longest}",
            }
            : new EncodedPrompt(tokens) { Media = items, Features = features };
    }
}
