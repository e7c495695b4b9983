using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout;
using R1Reward.Rollout.Prompts;
using R1Reward.Rollout.Sampling;
using R1Reward.Rollout.Voting;
using static TorchSharp.torch;

namespace OwnProgram;

/// <summary>Asks the reward model in a folder five times which response of a pair is better.</summary>
internal static class Votes
{
    public static VoteTally Count(string folder, PreferencePair pair)
    {
        using var model = PolicyFolder.Load(folder, CPU, ScalarType.Float32);
        var tokenizer = Tokenizer.Load(folder, model.Config.VocabularySize);
        var template = PromptTemplate.Get(ModelCard.Load(folder)?.Template ?? PromptTemplate.R1Pairwise.Id);
        var encoder = new PromptEncoder(
            tokenizer, template, UntrustedText.Sanitized, longest: model.Config.LongestPrompt);
        using var engine = new GenerationEngine(model, tokenizer, new GenerationEngineOptions());
        var options = new VoteOptions { Samples = 5, Sampling = new SamplingOptions { MaxNewTokens = 256 } };

        VoteResult? result = null;
        new Voter(engine, encoder, options).Vote([pair], voted => result = voted);
        return result?.Problem is { } problem ? throw new InvalidOperationException(problem) : result!.Tally;
    }
}
