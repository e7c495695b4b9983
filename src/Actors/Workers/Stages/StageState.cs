using Newtonsoft.Json;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tracing;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers.Stages;

/// <summary>
/// What a stage holds between its steps: model, optimiser, or its part of them, and the rows to come. For one thread.
/// </summary>
/// <param name="optimizer">The optimiser of the trained weights; the state disposes it.</param>
internal abstract class StageState(AdamW optimizer) : IDisposable
{
    // The steps of a state that is in the middle of one.
    private const int None = -1;

    private readonly CommonState _common = new([optimizer]);
    private readonly List<IReadOnlyDictionary<string, double>> _figures = [];
    private long _lookedAt;

    /// <summary>Number of steps made so far; negative where a rank was lost in the middle of one.</summary>
    public int Step { get; private set; }

    /// <summary>Whether it is what some number of steps have made.</summary>
    public bool IsBetweenSteps => Step != None;

    /// <summary>Figures of the last steps: of all, unless an earlier release began the stage.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> Figures => _figures;

    /// <summary>Rises within a step that takes long; may be read from any thread.</summary>
    public long Progress => Interlocked.Read(ref _lookedAt);

    /// <summary>Who makes the next steps together, all from the same state.</summary>
    public ICollective Ranks
    {
        get => optimizer.Ranks;
        set => optimizer.Ranks = value;
    }

    /// <summary>The optimiser of the trained weights.</summary>
    protected AdamW Optimizer => optimizer;

    /// <summary>Tokens of this rank's share of the last step.</summary>
    protected long OwnTokens { get; set; }

    /// <summary>The model that is trained, without heads on it.</summary>
    protected abstract CausalLM Model { get; }

    /// <summary>What all ranks must have in common.</summary>
    /// <param name="section">The section of the configuration that has the number format.</param>
    public RankLikeness Likeness(string section) => new(section, Model, frozen: null);

    /// <summary>
    /// Makes one optimiser step. One in which a rank is lost is as if it had not begun, unless each rank holds a part:
    /// then there may be no whole state any more.
    /// </summary>
    /// <returns>The figures of the step.</returns>
    /// <exception cref="Data.UserErrorException">None of the step's pairs can be shown to the model.</exception>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    public IReadOnlyDictionary<string, double> TrainStep()
    {
        var (followed, made) = (Followed, optimizer.StepCount);
        var pace = RankPace.Begin(Ranks, optimizer.Waited);
        Dictionary<string, double> figures;
        try
        {
            figures = Train(Step);
        }
        catch (RankLostException)
        {
            // The ranks exchange gradients and figures, and then each changes its weights by itself. Only those that
            // hold parts exchange more after that.
            optimizer.ZeroGradients();
            Follow(followed ?? new Dictionary<string, double>());
            Step = optimizer.StepCount == made ? Step : None;
            throw;
        }

        Step++;
        _figures.Add(figures);
        pace.AddTo(figures, OwnTokens, optimizer.Waited);
        return figures;
    }

    /// <summary>
    /// Every rank goes on from the state of those that have made most steps; all call it together, after
    /// <see cref="Ranks"/> is set.
    /// </summary>
    /// <returns>Whether they have all of it; else part of it was lost with a rank, and nothing has changed.</returns>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    public bool TakeFromFurthest()
    {
        int[] steps = [.. Ranks.Gather([Step]).Select(one => (int)one[0])];
        var source = Array.IndexOf(steps, steps.Max());
        var (own, isCurrent) = (Step, Step == steps[source]);
        var standing = steps.Distinct().Count() == 1
            ? null
            : Ranks.TextOf(source, JsonConvert.SerializeObject(Standing));
        Step = isCurrent ? own : None;
        if (!_common.TakeFrom(source, isCurrent, onTaken: () => TakeOver(standing)))
        {
            Step = own;
            return false;
        }

        return true;
    }

    /// <summary>
    /// Whether weights and optimiser are all here; else the ranks write a checkpoint together, each its part.
    /// </summary>
    public bool IsWhole => optimizer.IsWhole;

    /// <summary>The result of the stage after its last step.</summary>
    /// <param name="checkpoint">Where the trained model goes, below the run folder.</param>
    public abstract WorkResult ToResult(string checkpoint);

    /// <summary>Writes a checkpoint that the stage can go on from, unless a rank is lost meanwhile.</summary>
    /// <exception cref="RankLostException">A rank is gone that was to write its part.</exception>
    public void SaveForContinuation(TrainingCheckpoint checkpoint)
    {
        using var phase = TrainingPhases.Checkpoint();
        Save(checkpoint, optimizer, Standing);
    }

    /// <summary>
    /// Writes the trained model on the first rank, and helps to on the others; nothing goes on from its optimiser.
    /// </summary>
    /// <exception cref="RankLostException">A rank is gone that has a part of the weights.</exception>
    public void SaveFinal(TrainingCheckpoint checkpoint)
    {
        if (Ranks.Rank == 0)
        {
            Save(checkpoint, optimizer: null, new TrainingState(Step, KlCoefficient: 0));
        }
        else
        {
            Checkpoint.HelpSave(Model);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _common.Dispose();
        optimizer.Dispose();
        DisposeModel();
    }

    /// <summary>What the stage follows from step to step beside weights and optimiser; null: nothing.</summary>
    protected virtual IReadOnlyDictionary<string, double>? Followed => null;

    /// <summary>Shows that something within a step is done.</summary>
    protected void ShowProgress() => Interlocked.Increment(ref _lookedAt);

    /// <summary>
    /// Whether each rank reads its part of the weights alone, so that none ever has a whole copy in memory.
    /// </summary>
    protected static bool ReadsInParts(Sharding sharding, ICollective ranks) =>
        sharding == Sharding.Parameters && ranks.Count > 1;

    /// <summary>
    /// Takes over the weights that are not read yet, and steps and optimiser of an interrupted stage, once
    /// <see cref="Ranks"/> says which part of them this rank holds.
    /// </summary>
    /// <param name="partial">Where an interrupted stage was saved.</param>
    /// <param name="read">Reads weights into the model.</param>
    protected void Restore(TrainingCheckpoint partial, Action read)
    {
        if (!Model.IsWhole)
        {
            optimizer.TakeWeights(read);
        }

        if (partial.Exists)
        {
            Standing = partial.Load(optimizer);
        }
    }

    /// <summary>Goes on with what <see cref="Followed"/> was at the checkpoint.</summary>
    protected virtual void Follow(IReadOnlyDictionary<string, double> saved)
    {
        // Most stages follow nothing.
    }

    /// <summary>Trains on the rows of a step.</summary>
    /// <param name="step">Number of steps before it.</param>
    /// <returns>The figures of the step.</returns>
    protected abstract Dictionary<string, double> Train(int step);

    /// <summary>Writes the model, and the optimiser where there is one, to a checkpoint.</summary>
    protected abstract void Save(TrainingCheckpoint checkpoint, AdamW? optimizer, TrainingState state);

    /// <summary>Frees the tensors of the model.</summary>
    protected abstract void DisposeModel();

    // What training goes on from beside weights and moments.
    private TrainingState Standing
    {
        get => new(Step, KlCoefficient: 0) { Figures = _figures, Followed = Followed };
        set
        {
            Step = value.Step;
            _figures.Clear();
            _figures.AddRange(value.Figures ?? []);
            Follow(value.Followed ?? new Dictionary<string, double>());
        }
    }

    private void TakeOver(string? standing)
    {
        if (Step == None)
        {
            Standing = JsonConvert.DeserializeObject<TrainingState>(standing!)!;
        }
    }
}
