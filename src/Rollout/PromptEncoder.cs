using System.Collections.Immutable;
using R1Reward.Data;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization;

namespace R1Reward.Rollout;

/// <summary>Writes pairs as judging prompts in a model's tokens: template, chat turn, generation prompt. Media are left out: these models read text.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="template">The prompt template.</param>
/// <param name="untrusted">How control tokens in questions and responses are read.</param>
public sealed class PromptEncoder(Tokenizer tokenizer, PromptTemplate template, UntrustedText untrusted)
{
    private readonly ChatTemplate _chat = new(tokenizer, untrusted);

    /// <summary>Token ids of the prompt, up to where the judgment begins.</summary>
    public ImmutableArray<int> Encode(PreferencePair pair) => [.. _chat.Render(template.Render(pair with { Media = [] }))];

    /// <summary>Token ids of a judgment with the end of its turn.</summary>
    public ImmutableArray<int> EncodeJudgment(string judgment) => [.. _chat.EncodeReply(judgment)];
}
