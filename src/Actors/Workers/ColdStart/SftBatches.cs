using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Data;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using Serilog;

namespace R1Reward.Actors.Workers.ColdStart;

/// <summary>The training rows of each step of the cold start; those of the next one are made while a step is computed.</summary>
/// <param name="settings">Batch size, and how many steps describe pictures before the others judge.</param>
/// <param name="pairs">The run's pairs.</param>
/// <param name="encoder">Writes them in the model's tokens.</param>
/// <param name="longest">Most tokens of prompt and judgment.</param>
internal sealed class SftBatches(SftSettings settings, RunPairs pairs, PromptEncoder encoder, int longest)
{
    private (int Step, Task<List<TrainingRow>> Rows)? _next;

    /// <summary>The rows of a step (from 0), fewer than the batch size where some cannot be shown to the model.</summary>
    /// <exception cref="UserErrorException">No row of the step can be shown.</exception>
    public List<TrainingRow> At(int step)
    {
        var rows = (_next is var (ready, made) && ready == step ? made : Task.Run(() => MakeAsync(step))).GetAwaiter().GetResult();
        _next = step + 1 < settings.Optimizer.Steps ? (step + 1, Task.Run(() => MakeAsync(step + 1))) : null;
        return rows;
    }

    private async Task<List<TrainingRow>> MakeAsync(int step)
    {
        var first = (long)step * settings.BatchSize;
        var made = Enumerable.Range(0, settings.BatchSize).Select(row => step < settings.AlignmentSteps ? Description(first + row) : Judgment(first + row)).ToList();
        var rows = new List<TrainingRow>();
        var problems = new List<string>();
        foreach (var (name, prompt, reply) in await Task.WhenAll(made).ConfigureAwait(false))
        {
            var tokens = encoder.EncodeJudgment(reply);
            var length = prompt.Tokens.Length + tokens.Length;
            if ((prompt.Problem ?? (length > longest ? $"{length} tokens with its reply, with room for {longest}" : null)) is { } problem)
            {
                problems.Add($"{name}: {problem}");
                Log.Warning("cold start: left out {Name}: {Problem}", name, problem);
            }
            else
            {
                rows.Add(TrainingRow.Reply(prompt.Tokens.AsSpan(), tokens.AsSpan(), prompt.Patches));
            }
        }

        return rows.Count > 0 ? rows : throw new UserErrorException(
            $"cold start, step {step + 1}: none of its pairs can be shown to the model. The first: {problems[0]}. Look at r1reward.data and at the files that it names.");
    }

    private Task<(string Name, EncodedPrompt Prompt, string Reply)> Judgment(long index)
    {
        var pair = pairs.ColdStart(index);
        return Paired($"pair {pair.Id}", encoder.EncodeAsync(pair), pair.Judgment!);
    }

    private Task<(string Name, EncodedPrompt Prompt, string Reply)> Description(long index)
    {
        var example = pairs.Alignment!(index);
        return Paired($"description {index}", encoder.EncodeAsync([new ChatMessage("user", [new MediaPart(example.Picture), new TextPart(example.Prompt, IsTrusted: true)])]), example.Reply);
    }

    private static async Task<(string Name, EncodedPrompt Prompt, string Reply)> Paired(string name, Task<EncodedPrompt> prompt, string reply) => (name, await prompt.ConfigureAwait(false), reply);
}
