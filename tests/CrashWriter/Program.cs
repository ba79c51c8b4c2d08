// The program that the kill campaign kills. `write DB SEED` commits for ever and prints a line for each acknowledged
// commit; `campaign --count N [--seed S] [--db FOLDER]` runs N rounds of writing, SIGKILL and checking.
using TickStore.Tests.Support.Crash;

return args switch
{
    ["write", var folder, var seed] => CrashWriter.Run(folder, ulong.Parse(seed), Console.Out),
    ["campaign", .. var rest] => CrashCampaign.Run(rest, Console.Out),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: write DB SEED | campaign --count N [--seed S] [--db FOLDER]");
    return 2;
}
