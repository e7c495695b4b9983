using System.Collections.Immutable;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Chat;

namespace R1Reward.Rollout.Prompts;

/// <summary>
/// Writes pairs as judging prompts in a model's tokens: template, chat turn, generation prompt, and the media of a
/// model that sees.
/// </summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="template">The prompt template.</param>
/// <param name="untrusted">How control tokens in questions and responses are read.</param>
/// <param name="media">
/// Loads pictures and videos; null for a model that reads text only, which judges pairs by their text.
/// </param>
/// <param name="longest">Maximum of tokens of a prompt; what is longer is a problem of its pair.</param>
public sealed class PromptEncoder(
    Tokenizer tokenizer,
    PromptTemplate template,
    UntrustedText untrusted,
    MediaStore? media = null,
    int longest = int.MaxValue)
{
    private readonly ChatTemplate _chat = new(tokenizer, untrusted);

    /// <summary>The tags in which the prompt asks for judgments.</summary>
    public JudgmentTags Tags => template.Tags;

    /// <summary>The prompt of a pair, up to where the judgment begins.</summary>
    public Task<EncodedPrompt> EncodeAsync(PreferencePair pair, CancellationToken cancel = default) =>
        EncodeAsync(template.Render(media is null ? pair with { Media = [] } : pair), cancel);

    /// <summary>
    /// As <see cref="EncodeAsync(PreferencePair, CancellationToken)"/>, waiting for the media; for threads that
    /// may block.
    /// </summary>
    public EncodedPrompt Encode(PreferencePair pair, CancellationToken cancel = default) =>
        EncodeAsync(pair, cancel).GetAwaiter().GetResult();

    /// <summary>Token ids of a judgment in the template's tags, with the end of its turn.</summary>
    /// <param name="judgment">The judgment, in these tags or the published ones.</param>
    public ImmutableArray<int> EncodeJudgment(string judgment) =>
        [.. _chat.EncodeReply(template.Tags.FromPublished(judgment))];

    /// <summary>Writes a conversation up to where the reply begins. Media need a model that sees.</summary>
    public async Task<EncodedPrompt> EncodeAsync(
        IReadOnlyList<ChatMessage> messages,
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

        var ids = _chat.Render(messages);
        var patches = loaded.Select(medium => medium.Patches!).ToList();
        ImmutableArray<int> tokens = media is null ? [.. ids] : MediaTokens.Expand(ids, patches, media.Config);
        return tokens.Length > longest
            ? new EncodedPrompt([])
            {
                Media = items,
                Problem = $"a prompt of {tokens.Length} tokens, with room for {longest}",
            }
            : new EncodedPrompt(tokens) { Media = items, Patches = patches };
    }
}
