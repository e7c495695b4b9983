using System.Collections.Immutable;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization;

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
    /// <summary>Why a model that reads text only is not asked about pictures.</summary>
    internal const string NotSeen = "its responses are pictures, videos or sounds, which this model does not see";

    private readonly ConversationEncoder _conversations = new(tokenizer, untrusted, media, longest);

    /// <summary>The tags in which the prompt asks for judgments.</summary>
    public JudgmentTags Tags => template.Tags;

    /// <summary>Whether the model sees media.</summary>
    public bool Sees => media is not null;

    /// <summary>
    /// The prompt of a pair, up to where the judgment begins. A model that reads text only judges a pair by its text;
    /// it cannot judge one whose responses are pictures.
    /// </summary>
    public Task<EncodedPrompt> EncodeAsync(PreferencePair pair, CancellationToken cancel = default) =>
        media is null && pair.AnswersWithMedia()
            ? Task.FromResult(new EncodedPrompt([]) { Problem = NotSeen })
            : EncodeAsync(template.Render(media is null ? pair with { Media = [] } : pair), cancel);

    /// <summary>
    /// As <see cref="EncodeAsync(PreferencePair, CancellationToken)"/>, waiting for the media; for threads that
    /// may block.
    /// </summary>
    public EncodedPrompt Encode(PreferencePair pair, CancellationToken cancel = default) =>
        EncodeAsync(pair, cancel).GetAwaiter().GetResult();

    /// <summary>Token ids of a judgment in the template's tags, with the end of its turn.</summary>
    /// <param name="judgment">The judgment, in these tags or the published ones.</param>
    public ImmutableArray<int> EncodeJudgment(string judgment) =>
        _conversations.EncodeReply(template.Tags.FromPublished(judgment));

    /// <summary>Token ids of a reply as it stands, with the end of its turn.</summary>
    public ImmutableArray<int> EncodeReply(string text) => _conversations.EncodeReply(text);

    /// <summary>
    /// The tokens that the chat template writes before and after a judgment; prompts end with the first.
    /// </summary>
    public (ImmutableArray<int> Opening, ImmutableArray<int> Closing) ReplyFrame() => _conversations.ReplyFrame();

    /// <summary>Writes a conversation up to where the reply begins. Media need a model that sees.</summary>
    public Task<EncodedPrompt> EncodeAsync(
        IReadOnlyList<ChatMessage> messages,
        CancellationToken cancel = default) =>
        _conversations.EncodeAsync(messages, opensReply: true, cancel);
}
