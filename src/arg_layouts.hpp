// How an argmax or argmin is laid out over invocations: along contiguous rows, across quads of columns, or
// across single columns of any strides. Each layout answers the same questions.
#pragma once

#include "arg_problem.hpp"

namespace vkaxis {

class ArgRowLayout {
  public:
    ArgRowLayout(VkaxisContext context, const ArgProblem& problem);
    static bool suits(const ArgProblem& problem);

    const Splits& splits() const { return splits_; }
    // Where workgroups that share an axis fold what they found.
    void addMemory(PlanBuilder& builder, ArgPass& pass) const;
    void dispatch(PlanBuilder& builder, const ArgPass& pass) const;

  private:
    VkaxisContext context_;
    const ArgProblem& problem_;
    uint32_t rowLanes_;  // per row, or 0 for the whole workgroup
    Splits splits_;
    uint64_t groups_;
};

// Short rows of whole quads, two for some lanes of a subgroup.
class ArgLaneRowLayout {
  public:
    ArgLaneRowLayout(VkaxisContext context, const ArgProblem& problem);
    static bool suits(VkaxisContext context, const ArgProblem& problem);

    Splits splits() const { return {1, problem_.shape.axis.extent}; }
    void addMemory(PlanBuilder&, ArgPass&) const {}  // none
    void dispatch(PlanBuilder& builder, const ArgPass& pass) const;

  private:
    static constexpr uint64_t kRows = shader::kLaneRows;

    VkaxisContext context_;
    const ArgProblem& problem_;
    uint64_t quads_;  // of a row
    uint64_t lanes_;  // for so many rows
    uint64_t groups_;
};

// Short rows that do not begin at multiples of a load, by way of shared memory.
class ArgShortRowLayout {
  public:
    ArgShortRowLayout(VkaxisContext context, const ArgProblem& problem);
    static bool suits(VkaxisContext context, const ArgProblem& problem);

    Splits splits() const { return {1, problem_.shape.axis.extent}; }
    void addMemory(PlanBuilder&, ArgPass&) const {}  // none
    void dispatch(PlanBuilder& builder, const ArgPass& pass) const;

  private:
    uint64_t groups() const;

    VkaxisContext context_;
    const ArgProblem& problem_;
    uint64_t rows_;   // per turn of a workgroup
    uint64_t lanes_;  // per row
    uint64_t turns_;
};

class ArgColumnQuadLayout {
  public:
    // folds: whether workgroups may share the last of many tiles, so that all end at about the same time.
    ArgColumnQuadLayout(VkaxisContext context, const ArgProblem& problem, bool folds);
    static bool suits(VkaxisContext context, const ArgProblem& problem);

    const Splits& splits() const { return splits_; }
    void addMemory(PlanBuilder& builder, ArgPass& pass) const;
    void dispatch(PlanBuilder& builder, const ArgPass& pass) const;

  private:
    uint64_t tiles() const { return problem_.shape.rows() * panels_; }
    uint64_t partialsSize() const;
    uint64_t mostPartials() const;  // bytes
    uint64_t mostSplits() const;
    Splits splitsOf(uint64_t rows) const;  // that a workgroup takes at once
    void layLines(uint64_t spare);
    bool sharesLastTiles() const;
    void shareLastTiles();

    VkaxisContext context_;
    const ArgProblem& problem_;
    uint64_t lineRows_;  // rows that are walked as one
    uint64_t panels_;
    uint64_t columns_;  // per panel, of a line
    uint64_t spare_;    // columns by which a lane's quad may begin left of the panel, so that it is aligned
    uint64_t rows_;
    uint64_t whole_;  // tiles before those that workgroups share
    Splits splits_;
};

class ArgColumnLayout {
  public:
    ArgColumnLayout(VkaxisContext context, const ArgProblem& problem);

    const Splits& splits() const { return splits_; }
    void addMemory(PlanBuilder& builder, ArgPass& pass) const;
    void dispatch(PlanBuilder& builder, const ArgPass& pass) const;

  private:
    VkaxisContext context_;
    const ArgProblem& problem_;
    TiledColumns tiled_;
    Splits splits_;
};

// The second pass over a split axis: the best of each slice's partials. `columns` are the neighbours that the
// first pass saw: those of the problem, or more, if it saw a single slice or did not split the axis.
void dispatchPartials(VkaxisContext context, PlanBuilder& builder, const ArgProblem& problem,
                      const Splits& splits, uint64_t columns, const ArgPass& pass);

}  // namespace vkaxis
