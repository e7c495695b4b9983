using R1Reward.Policy.Devices;
using R1Reward.Policy.Models;
using TorchSharp;

namespace R1Reward.Rollout;

/// <summary>
/// The parts of an engine, which step side by side on threads of their own over the same weights. Small matrix products
/// gain nothing from a second thread, but a second part computes as much as the first.
/// </summary>
internal sealed class EngineParts : IDisposable
{
    // A part reads all weights at every step; with fewer rows than this, reading them is most of its work.
    private const int LeastRows = 16;

    private readonly CausalLM[] _views;
    private readonly PartThread[] _parts;

    /// <summary>Makes the parts; the KV cache of all together stays within the options.</summary>
    /// <param name="model">The policy. Its weights are shared, not copied.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="cacheTokens">Maximum of tokens in the caches of all parts.</param>
    public EngineParts(CausalLM model, GenerationEngineOptions options, long cacheTokens)
    {
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var count = CountFor(model, options, threads, cacheTokens);
        var rows = (options.MaxSequences + count - 1) / count;
        Room = rows + Math.Max(1, rows / Scheduler.AdmissionShare);
        _views = [.. Enumerable.Range(1, count - 1).Select(_ => model.WithoutAdapter())];
        _parts = [.. _views.Prepend(model).Select(Part)];

        PartThread Part(CausalLM view, int number) => new(
            new EnginePart(
                view,
                ((options.MaxSequences - number - 1) / count) + 1,
                Math.Max(1, options.MaxPrefillTokens / count),
                cacheTokens / count),
            count == 1 ? null : new TorchThread($"decode-{number}", Math.Max(1, threads / count)));
    }

    /// <summary>The parts, by their numbers, with and without work.</summary>
    public IReadOnlyList<PartThread> All => _parts;

    /// <summary>
    /// Sequences from which on a part gets no more: beyond its rows those whose prompts are computed together next.
    /// </summary>
    public int Room { get; }

    /// <summary>
    /// Has every part that has work step, and returns when one of them has: the others go on, so that none waits for
    /// another, whether that computes prompts or has a slower processor.
    /// </summary>
    public void Step()
    {
        PartThread[] idle = [.. _parts.Where(part => part.Step is null && part.HasWork)];
        if (idle.Length == 1 && _parts.All(part => part.Step is null))
        {
            // Alone, it has the threads of the caller.
            idle[0].StepHere();
            return;
        }

        foreach (var part in idle)
        {
            part.Begin();
        }

        Task[] steps = [.. _parts.Select(part => part.Step).OfType<Task>()];
        if (steps.Length > 0)
        {
            Task.WaitAny(steps);
        }

        foreach (var part in _parts.Where(part => part.Step is { IsCompleted: true }))
        {
            part.End();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var resource in ((IDisposable[])[.. _parts, .. _views]))
        {
            resource.Dispose();
        }
    }

    private static int CountFor(CausalLM model, GenerationEngineOptions options, int threads, long cacheTokens)
    {
        if (model.Adapter is not null)
        {
            // A second model over the same weights would be one without the adapter.
            return 1;
        }

        var automatic = model.Device.type == DeviceType.CPU ? Math.Min(threads, options.MaxSequences / LeastRows) : 1;
        var wanted = options.Parts > 0 ? options.Parts : automatic;

        // Each part may hold one sequence of any length.
        var longest = Scheduler.InSteps(Math.Min(options.MaxLength, model.Config.Context));
        return (int)Math.Clamp(Math.Min(wanted, cacheTokens / longest), 1, options.MaxSequences);
    }
}
