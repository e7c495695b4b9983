using System.Collections.Immutable;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using Serilog;

namespace R1Reward.Actors.Workers.ColdStart;

/// <summary>
/// The training rows of each step of the cold start; those of the next one are made while a step is computed.
/// </summary>
/// <param name="settings">Batch size, and how many steps describe pictures before the others judge.</param>
/// <param name="pairs">The run's pairs.</param>
/// <param name="encoder">Writes prompts and judgments in the model's tokens.</param>
/// <param name="maxTokens">Maximum number of tokens of a prompt with its judgment.</param>
internal sealed class SftBatches(SftSettings settings, RunPairs pairs, PromptEncoder encoder, int maxTokens)
{
    private readonly (ImmutableArray<int> Opening, ImmutableArray<int> Closing) _frame =
        settings.Targets == SftTargets.Published ? encoder.ReplyFrame() : ([], []);

    private int _nextStep = -1;
    private Task<List<TrainingRow>>? _next;

    /// <summary>
    /// The rows of a step (from 0), fewer than the batch size where some cannot be shown to the model.
    /// </summary>
    /// <exception cref="UserErrorException">No row of the step can be shown.</exception>
    public List<TrainingRow> At(int step)
    {
        var making = _next is not null && step == _nextStep ? _next : Task.Run(() => MakeAsync(step));
        var rows = making.GetAwaiter().GetResult();
        _nextStep = step + 1;
        _next = _nextStep < settings.Optimizer.Steps ? Task.Run(() => MakeAsync(step + 1)) : null;
        return rows;
    }

    private async Task<List<TrainingRow>> MakeAsync(int step)
    {
        var first = (long)step * settings.BatchSize;
        var describes = step < settings.AlignmentSteps;
        var encoding = Enumerable.Range(0, settings.BatchSize)
            .Select(row => describes ? DescriptionAsync(first + row) : LessonAsync(first + row))
            .ToList();
        var rows = new List<TrainingRow>();
        var problems = new List<string>();
        foreach (var example in await Task.WhenAll(encoding).ConfigureAwait(false))
        {
            var prompt = example.Prompt;
            ImmutableArray<int> reply = [.. Encode(example.Reply ?? ""), .. _frame.Closing];
            if (ProblemOf(example, reply.Length) is { } problem)
            {
                problems.Add($"{example.Name}: {problem}");
                Log.Warning("cold start: left out {Name}: {Problem}", example.Name, problem);
            }
            else
            {
                // Placeholders of media are not words to be written.
                rows.Add(TrainingRow.Reply(
                    prompt.Tokens.AsSpan(),
                    reply.AsSpan(),
                    prompt.Features,
                    _frame.Opening.Length,
                    settings.PromptWeight > 0 && prompt.Features.Count == 0));
            }
        }

        return rows.Count > 0
            ? rows
            : throw new UserErrorException(
                $"cold start, step {step + 1}: none of its pairs can be shown to the model. The first: {problems[0]}. "
                + "Look at r1reward.data and at the files that it names.");
    }

    private Task<Example> LessonAsync(long index)
    {
        var pair = pairs.ColdStart(index);
        return settings.Lesson == SftLesson.Responses ? ResponseAsync(pair) : JudgmentAsync(pair);
    }

    private async Task<Example> JudgmentAsync(PreferencePair pair)
    {
        var prompt = await encoder.EncodeAsync(pair).ConfigureAwait(false);
        return new Example($"pair {pair.Id}", prompt, ReplyOf(pair.Judgment!));
    }

    private string? ReplyOf(string judgment) => settings.Reasoning
        ? judgment
        : JudgmentParser.WithoutAnalysis(encoder.Tags.ToPublished(judgment));

    // In the turns that ResponseEncoder writes, up to the end of the response.
    private async Task<Example> ResponseAsync(PreferencePair pair)
    {
        if (pair.AnswersWithMedia())
        {
            const string problem = "its responses are pictures, videos or sounds, which the model cannot write";
            return new Example($"pair {pair.Id}", new EncodedPrompt([]) { Problem = problem }, "");
        }

        var shown = encoder.Sees ? pair.Media.Select(item => new MediaPart(item)) : [];
        var turn = new ChatMessage("user", [.. shown, new TextPart(pair.Question)]);
        var prompt = await encoder.EncodeAsync([turn]).ConfigureAwait(false);
        var preferred = pair.Label == PreferenceLabel.First ? pair.Response1 : pair.Response2;
        return new Example($"pair {pair.Id}", prompt, preferred);
    }

    private ImmutableArray<int> Encode(string reply) => settings.Lesson == SftLesson.Responses
        ? encoder.EncodeReply(reply)
        : encoder.EncodeJudgment(reply);

    private async Task<Example> DescriptionAsync(long index)
    {
        var example = pairs.Alignment!(index);
        var question = new TextPart(example.Prompt, IsTrusted: true);
        var turn = new ChatMessage("user", [new MediaPart(example.Picture), question]);
        var prompt = await encoder.EncodeAsync([turn]).ConfigureAwait(false);
        return new Example($"description {index}", prompt, example.Reply);
    }

    private string? ProblemOf(Example example, int replyTokens)
    {
        if (example.Prompt.Problem is { } problem)
        {
            return problem;
        }

        if (example.Reply is null)
        {
            return "its judgment has no answer tag, which is all that r1reward.sft.reasoning = off leaves of one";
        }

        var length = example.Prompt.Tokens.Length + replyTokens;
        return length > maxTokens ? $"{length} tokens with its reply, with room for {maxTokens}" : null;
    }

    // No reply where the settings leave nothing of it.
    private sealed record Example(string Name, EncodedPrompt Prompt, string? Reply);
}
