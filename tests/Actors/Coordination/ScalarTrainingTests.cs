using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class ScalarTrainingTests
{
    [Fact]
    public void A_scalar_model_after_a_cold_start_begins_at_step_0_without_the_cold_starts_figures()
    {
        var run = new MachineRun(MachineRun.Plan with { Steps = 0, ScalarSteps = 5 });
        run.Machine.Start();
        var state = run.Machine.State;
        state.Report(WorkId.ColdStart, 7, new Dictionary<string, double> { ["loss"] = 2 });
        run.Do(run.TakeOne(WorkKind.Sft));

        Assert.Equal((RunStage.Scalar, 0, 0), (state.Stage, state.Step, state.Latest.Count));
    }
}
